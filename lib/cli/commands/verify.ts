import { verifyDatabase } from '../../store/maintenance/verify.ts';
import type { Verification, VerifyFinding } from '../../store/maintenance/verify.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { namedFile } from '../arguments/named-file.ts';
import { printJson } from '../output/json-output.ts';
import { checkSteps } from '../output/page-progress.ts';
import { plainLine } from '../output/plain-text.ts';
import { readSpool } from '../../health/spool-facts.ts';
import { countsObject, countsText, databaseLine } from '../output/table-counts.ts';
import { painter, renderTable } from '../listing/table.ts';

/** `verify`: checks a database; changes nothing. */
export const verifyCommand = trackerCommand({
  name: 'verify',
  summary: 'Check the database, or a backup, from its pages to its rows.',
  examples: [
    'pattern-tracker verify',
    'pattern-tracker verify /backups/tracker-20261124-120000.db',
  ],
  details: `Checks pages and indexes (with SQLite's own checks), tables against the schema, foreign keys, and what is
true of every sound database: each occurrence has its pattern, each pattern counts its occurrences, each
child is one generation after its parent, and so on. Changes nothing; the courier may go on.`,
  json: `{ok, path, bytes, schema_version, rows, findings, spool}: findings are {kind, table, message}, where kind
is file, index, schema or rows; spool is {waiting, set_aside}.`,
  exitCodes: '1 when there are findings.',
  args: {
    file: { type: 'positional', required: false, description: 'Default: the database in use' },
    quick: { type: 'boolean', description: 'Do not check whether indexes and tables agree' },
    ...common.jsonArg,
  },
  run(args, cli) {
    const file = args.file === undefined ? cli.paths.database : namedFile(args.file, cli);
    const steps = checkSteps(args.json ? undefined : cli);
    let verification: Verification;
    try {
      verification = verifyDatabase(file, { isQuick: args.quick === true, onStep: steps.show });
    } finally {
      steps.end();
    }
    const { path, bytes, schemaVersion, tables, findings } = verification;
    const isOk = findings.length === 0;
    const { waiting, quarantined: setAside } = readSpool(cli.paths);
    if (args.json) {
      const rows = countsObject(tables);
      const spool = { waiting, setAside };
      printJson(cli, { ok: isOk, path, bytes, schemaVersion, rows, findings, spool });
      return isOk ? 0 : 1;
    }
    cli.out(`${plainLine(databaseLine(verification))}\n${countsText(cli, tables)}`);
    if (args.file === undefined) cli.out(`Spool: ${waiting} waiting, ${setAside} set aside\n`);
    const paint = painter(cli.color);
    if (isOk) {
      cli.out(`${paint('green', '✓')} All is well.\n`);
      return 0;
    }
    cli.out(
      `\n${renderTable<VerifyFinding>(
        cli,
        [
          { title: 'KIND', cell: ({ kind }) => kind, isWhole: true, paint: () => 'red' },
          { title: 'TABLE', cell: ({ table }) => table ?? '', isWhole: true },
          { title: 'FINDING', cell: ({ message }) => message },
        ],
        findings,
      )}\n\`pattern-tracker repair\` mends it.\n`,
    );
    return 1;
  },
});
