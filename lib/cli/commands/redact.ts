import { existsSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { resolve } from 'node:path';
import { counted } from '../../base/amount-text.ts';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import { ownRedaction } from '../../config/config-file.ts';
import { Rescan } from '../../ingest/rescan/rescan.ts';
import { endRescan } from '../../ingest/rescan/rescan-job.ts';
import { openRedactor } from '../../redact/own/open-redactor.ts';
import type { Database } from '../../store/database/database.ts';
import { keptCopies } from '../../store/maintenance/forget/kept-copies.ts';
import { wipe } from '../../store/maintenance/wipe.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { withDatabase } from '../writable-database.ts';
import { trackerCommand } from '../command.ts';
import { withoutCourier } from '../courier-pause.ts';
import type { CliEnvironment } from '../environment.ts';
import { renderTable } from '../listing/table.ts';
import { printJson, printJsonAsIs } from '../output/json-output.ts';
import { pageProgress } from '../output/page-progress.ts';
import { plainLines } from '../output/plain-text.ts';
import { auditRedaction } from '../redact/redaction-audit.ts';
import { tryPayload, tryText } from '../redact/found-places.ts';
import type { FoundPlace } from '../redact/found-places.ts';
import { rescanForJson, rescanText } from '../redact/rescan-report.ts';
import type { RescanReport } from '../redact/rescan-report.ts';

const ACTIONS = ['audit', 'test', 'rescan'] as const;

/** `redact`: tries redaction, counts what it has taken out, and applies it to what is stored. */
export const redactCommand = trackerCommand({
  name: 'redact',
  summary: 'Say what redaction takes out, and redact again what is stored.',
  examples: [
    'pattern-tracker redact audit --since "last monday"',
    'pattern-tracker redact test .env',
    'pattern-tracker redact rescan --dry-run',
  ],
  actions: {
    audit: 'what was taken out, by rule and project, without the values',
    test: 'what would be taken out of FILE, or of standard input (-), and by which rule',
    rescan: 'take out of what is stored what the present rules find',
  },
  details: `Your own rules, and what is no secret, stand in config.yaml under redaction. They hold for new events as soon
as the file is saved; for what is stored, run rescan.

test changes nothing and stores nothing. With --payload, FILE is the JSON of an event, and what is found in one place is
a secret in all places of it.

rescan stops the courier while it works. If it is interrupted, run it again: it goes on from there. Code gets a new id,
because an id is made of the code; the server is told to delete the old one. Backups stay as they are.`,
  json: `for audit {counted_since, rules: [{rule, project, count, first, last}], left_out: {texts, characters}}; for test
{findings: [{rule, line, column}], text, left_out}; for rescan {changed: {TABLE: rows}, redactions: {RULE: n}, left_out,
moved_patterns, erasures: {SINK: n}, backups, is_resumed, is_wiped}, with --dry-run what would be.`,
  args: {
    ...actionArg(ACTIONS),
    file: { type: 'positional', required: false, description: 'For test: a file, or - for input' },
    payload: { type: 'boolean', description: 'For test: FILE is the JSON of an event' },
    ...common.projectArg,
    since: common.timeArgs.since,
    'dry-run': { type: 'boolean', description: 'For rescan: only say what would change' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const json = args.json === true;
    switch (actionOf(args.action, ACTIONS, 'redact')) {
      case 'audit':
        return auditRedaction(cli, args.project, args.since, json);
      case 'test':
        return test(cli, args.file, args.payload === true, json);
      case 'rescan':
        return rescan(cli, args['dry-run'] === true, json);
    }
  },
});

// --- internal ---

async function test(
  cli: CliEnvironment,
  file: string | undefined,
  isPayload: boolean,
  json: boolean,
): Promise<void> {
  if (file === undefined) throw new UsageError('no file is named', 'Name a file, or - for input.');
  const redactor = await openRedactor(await ownRedaction(cli.paths));
  const text = readGiven(cli, file);
  const {
    findings,
    text: redacted,
    leftOut,
  } = isPayload ? tryPayload(redactor, payloadIn(text)) : tryText(redactor, text);
  if (json) {
    printJson(cli, { findings, text: redacted, leftOut });
    return;
  }
  if (findings.length === 0) cli.out('No rule finds anything.\n');
  else {
    cli.out(
      renderTable<FoundPlace>(
        cli,
        [
          { title: 'LINE', align: 'right', cell: ({ line }) => String(line) },
          { title: 'COLUMN', align: 'right', cell: ({ column }) => String(column) },
          { title: 'RULE', cell: ({ rule }) => rule, isWhole: true },
        ],
        findings,
      ),
    );
  }
  if (leftOut > 0)
    cli.out(`${counted(leftOut, 'character')} left out, because they take too long to check.\n`);
  cli.out(`\n${plainLines(redacted).join('\n')}\n`);
}

function readGiven({ cwd }: CliEnvironment, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new TrackerError('E_FILE', `${file} cannot be read: ${errorMessage(error)}`, {
      hint: 'Name a file that you can read.',
      cause: error,
    });
  }
}

function payloadIn(text: string) {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    payload = undefined;
  }
  if (isJsonObject(payload)) return payload;
  throw new UsageError('the file holds no JSON object', 'Without --payload it is taken as text.');
}

async function rescan(cli: CliEnvironment, isDry: boolean, json: boolean): Promise<void> {
  const redaction = await ownRedaction(cli.paths);
  if (!existsSync(cli.paths.database)) {
    if (json) printJson(cli, { changed: null });
    else cli.out('Nothing was recorded yet.\n');
    return;
  }
  const redactor = await openRedactor(redaction);
  const work = async (): Promise<void> =>
    withDatabase(cli, async (database) => {
      const options = { redactor, redaction, now: cli.now() };
      const backups = keptCopies(cli.paths.database).length;
      const report = isDry
        ? preview(database, options, backups)
        : await carryOut(cli, database, options, backups);
      if (json) printJsonAsIs(cli, rescanForJson(report));
      else cli.out(rescanText(report));
    });
  await (isDry ? work() : withoutCourier(cli, work));
}

type Options = ConstructorParameters<typeof Rescan>[1];

/** Does all of it in a transaction that is rolled back: so the preview is exact. */
function preview(database: Database, options: Options, backups: number): RescanReport {
  database.exec('BEGIN IMMEDIATE');
  try {
    const run = new Rescan(database, options);
    while (run.chunk());
    const { isResumed, result } = run;
    return { isResumed, result, backups, isDry: true, isWiped: true };
  } finally {
    database.exec('ROLLBACK');
  }
}

async function carryOut(
  cli: CliEnvironment,
  database: Database,
  options: Options,
  backups: number,
): Promise<RescanReport> {
  const run = new Rescan(database, options);
  const progress = pageProgress(cli);
  const signal = cli.interruption();
  while (run.chunk()) {
    progress.update(run.seen, Math.max(run.total, run.seen));
    await setImmediate(); // lets signals be handled
    if (signal.aborted) break;
  }
  progress.end();
  if (signal.aborted) {
    throw new TrackerError('E_INTERRUPTED', 'it was interrupted before all was looked at', {
      hint: 'Run it again: it goes on from there.',
    });
  }
  const isWiped = await wipe(database, cli.now());
  endRescan(database);
  const { isResumed, result } = run;
  return { isResumed, result, backups, isDry: false, isWiped };
}
