import { removeDatabase } from '../../store/maintenance/database-file.ts';
import { damagedDatabase, stageRepair } from '../../store/maintenance/repair.ts';
import type { Repair } from '../../store/maintenance/repair.ts';
import { putInPlace } from '../../store/maintenance/restore.ts';
import type { SalvagedTable } from '../../store/maintenance/salvage.ts';
import { checkAgreement, isAgreed } from '../arguments/agreement.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { withoutCourier } from '../courier-pause.ts';
import { chosenDatabase, databaseArg } from '../arguments/database-choice.ts';
import type { CliEnvironment } from '../environment.ts';
import { namedFile } from '../arguments/named-file.ts';
import { printJson } from '../output/json-output.ts';
import { pageProgress } from '../output/page-progress.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { countsObject, countsText } from '../output/table-counts.ts';
import { renderTable } from '../listing/table.ts';

/** `repair`: rebuilds a damaged database. */
export const repairCommand = trackerCommand({
  name: 'repair',
  summary: 'Rebuild a sound database from a damaged one.',
  examples: [
    'pattern-tracker repair',
    'pattern-tracker repair ./tracker.db.corrupt-20261124T120000 --yes',
  ],
  details: `Keeps what SQLite still reads, and what it does not reach behind damaged pages, so that only the rows on
these are lost; rebuilds indexes and counts. FILE may be one that the courier has set aside as
tracker.db.corrupt-TIME; what was recorded since is then added. Without FILE, and with a sound database in use, it is
the one that was set aside. It stops where more would be lost than saved. The
result is checked and shown, and replaces the database only if you agree. The previous database is kept
beside it as tracker.db.before-restore-TIME, and FILE is only read. No courier runs meanwhile; hooks go on,
and what they capture waits in the spool.`,
  json: `{repaired, method, tables, stray_pages, merged, mended, rows, kept_as}: method is none (the pages are
sound), reindex or salvage; tables are {table, salvaged, partial, lost, damaged_pages}, where partial are those
of the salvaged that lack a value such as the payload, and lost is a lower bound;
mended are {table, fault, rows}.`,
  args: {
    file: { type: 'positional', required: false, description: 'Default: the database in use' },
    yes: { type: 'boolean', description: 'Do not ask' },
    'accept-loss': { type: 'boolean', description: 'Go on where more would be lost than saved' },
    ...databaseArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    checkAgreement(cli, args);
    const database = chosenDatabase(args.database, cli);
    return await withoutCourier(cli, async () => {
      const damaged =
        args.file === undefined ? damagedDatabase(database) : namedFile(args.file, cli);
      const progress = pageProgress(args.json ? undefined : cli);
      let repair: Repair | undefined;
      try {
        repair = stageRepair({
          damaged,
          database,
          acceptsLoss: args['accept-loss'],
          onProgress: progress.update,
        });
      } finally {
        progress.end();
      }
      if (!repair) {
        if (args.json) printJson(cli, { repaired: null });
        else cli.out(`Nothing is wrong with ${plainLine(damaged)}.\n`);
        return 0;
      }
      try {
        if (!args.json) cli.out(reportText(cli, repair, database));
        if (!args.yes && !(await isAgreed(`Replace ${database} with it?`))) {
          cli.out('Nothing was changed.\n');
          return 1;
        }
        const aside = putInPlace(database, repair.path, cli.now()) ?? null;
        if (args.json) printJson(cli, summary(repair, aside));
        else
          cli.out(
            plainLine(
              `Repaired${lossText(repair)}.${aside ? ` The previous database is kept as ${aside}.` : ''}`,
            ) + '\n',
          );
        return 0;
      } finally {
        removeDatabase(repair.path);
      }
    });
  },
});

// --- internal ---

/** What could not be saved, in the last line, which other commands show of this one. */
function lossText({ tables }: Repair): string {
  const lost = tables.reduce((all, table) => all + table.lost, 0);
  const isMore = tables.some((table) => table.lost === 0 && table.damagedPages > 0);
  if (lost > 0) return `, but at least ${counted(lost, 'row')} could not be saved`;
  return isMore ? ', but rows may be missing' : '';
}

function reportText(cli: CliEnvironment, repair: Repair, database: string): string {
  const { damage, method, tables, strayPages, isMerged, mended, verification } = repair;
  const parts = [`${plainLine(damage.path)}\n`];
  const [first, ...others] = damage.findings;
  if (first) {
    const more = others.length > 0 ? `, and ${counted(others.length, 'finding')} more` : '';
    parts.push(`Damage: ${plainLine(first.message)}${more}\n`);
  }
  if (method === 'reindex') parts.push('Only indexes were damaged: no row is lost.\n');
  if (method === 'salvage') parts.push(salvageText(cli, tables));
  if (strayPages > 0) {
    parts.push(`${counted(strayPages, 'page')} of unknown tables could not be read.\n`);
  }
  for (const { table, fault, rows } of mended) {
    parts.push(`Mended: rows of ${table} that ${fault}: ${rows.toLocaleString('en-US')}\n`);
  }
  if (isMerged) parts.push(`Added: what ${plainLine(database)} has recorded since\n`);
  parts.push('\nThe repaired database\n', countsText(cli, verification.tables));
  return parts.join('');
}

function salvageText(cli: CliEnvironment, tables: readonly SalvagedTable[]): string {
  const shown = tables.filter(
    ({ salvaged, lost, damagedPages }) => salvaged + lost + damagedPages > 0,
  );
  return renderTable<SalvagedTable>(
    cli,
    [
      { title: 'TABLE', cell: ({ table }) => table, isWhole: true },
      {
        title: 'SALVAGED',
        align: 'right',
        cell: ({ salvaged }) => salvaged.toLocaleString('en-US'),
      },
      {
        title: 'WITHOUT A PART',
        align: 'right',
        cell: ({ partial }) => partial.toLocaleString('en-US'),
      },
      {
        title: 'LOST',
        align: 'right',
        cell: ({ lost, damagedPages }) =>
          lost === 0 && damagedPages > 0 ? '?' : lost.toLocaleString('en-US'),
        paint: ({ lost, damagedPages }) => (lost + damagedPages > 0 ? 'red' : undefined),
      },
      {
        title: 'DAMAGED PAGES',
        align: 'right',
        cell: ({ damagedPages }) => damagedPages.toLocaleString('en-US'),
      },
    ],
    shown,
  );
}

function summary(repair: Repair, keptAs: string | null) {
  const { damage, method, tables, strayPages, isMerged, mended, verification } = repair;
  return {
    repaired: damage.path,
    method,
    tables,
    strayPages,
    merged: isMerged,
    mended,
    rows: countsObject(verification.tables),
    keptAs,
  };
}
