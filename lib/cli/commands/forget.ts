import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { isoTime } from '../../base/clock.ts';
import { loadConfig } from '../../config/config-file.ts';
import type { Config } from '../../config/config.ts';
import { otherAddress } from '../../delivery/destination.ts';
import { SINKS } from '../../delivery/sinks.ts';
import { SinkState } from '../../delivery/store/sink-state.ts';
import { carryOut, finishForgetting, forgetRows } from '../../ingest/forgetting.ts';
import type { ForgottenRows } from '../../ingest/forgetting.ts';
import { takeWaiting } from '../../ingest/command/waiting-events.ts';
import type { Database } from '../../store/database/database.ts';
import { searchBytes } from '../../store/maintenance/forget/byte-search.ts';
import { isOnlyMatch } from '../../store/maintenance/forget/criteria.ts';
import type { ForgetCriteria } from '../../store/maintenance/forget/criteria.ts';
import { addForgetJob } from '../../store/maintenance/forget/forget-job.ts';
import { keptCopies, searchCopies } from '../../store/maintenance/forget/kept-copies.ts';
import type { KeptCopy } from '../../store/maintenance/forget/kept-copies.ts';
import { keptTraces, ownTraces, packedTraces } from '../../store/maintenance/forget/kept-text.ts';
import { chosenSpans } from '../../store/maintenance/forget/spans.ts';
import type { ChosenSpan } from '../../store/maintenance/forget/spans.ts';
import { isAgreed, mayAgree, refuse } from '../arguments/agreement.ts';
import { fileArg } from '../arguments/file-choice.ts';
import * as common from '../command.ts';
import { withDatabase } from '../writable-database.ts';
import { trackerCommand } from '../command.ts';
import { withoutCourier } from '../courier-pause.ts';
import type { CliEnvironment } from '../environment.ts';
import { checkChoice, forgetCriteria, matchText } from '../forget/forget-criteria.ts';
import type {
  ForgetPreview,
  ForgetReport,
  ForgetServer,
  ForgetVerification,
} from '../forget/forget-report.ts';
import { doneText, previewText } from '../forget/forget-text.ts';
import { printJson } from '../output/json-output.ts';

/** `forget`: erases what was recorded. */
export const forgetCommand = trackerCommand({
  name: 'forget',
  summary: 'Erase what was recorded, so that nothing of it is left.',
  examples: [
    'pattern-tracker forget --session 3f2a --dry-run',
    'pattern-tracker forget --project . --until 2026-01-01',
    'pattern-tracker forget --file "**/secrets/**" --backups',
    'printf %s "$SECRET" | pattern-tracker forget --match - --yes',
  ],
  details: `What meets all the options that are given is shown, and erased if you agree: events, tool calls, sessions,
code that nothing else wrote, and what follows from them; in the database, its WAL, the outbox, the quarantine and
the log. What waits in the spool is taken in first. It does not come back when it arrives again. --match looks into
prompts, commands, code, inputs, outputs and errors; "-" reads the text from standard input.

The server is told to delete the patterns that it knows; if it does not allow that, they are deprecated there. What a
collector has received cannot be recalled. Backups in data/backups/ and databases that were put aside are listed, and
rewritten with --backups. At the end all files in the data folder are searched for what was erased. If this is
interrupted, the next courier goes on with it. Run it in a terminal of your own: within Claude Code, the command
itself is recorded.`,
  json: `{removed: {events, prompts, tool_calls, sessions, patterns, kept_patterns, occurrences, file_states, payloads,
outbox, quarantine_files, log_lines}, backups: [{path, kind, bytes, at, is_rewritten, holds, error}], servers: [{sink,
server, deletions, recalls}], verified: {files, bytes, values, found: [{path, values}], kept, is_wiped}}; with
--dry-run {would_remove, spans: [{kind, count, oldest, newest}], waiting, backups, servers}.`,
  exitCodes: '1 if something was found that should be gone, or you did not agree.',
  args: {
    ...common.sessionArg,
    ...common.projectArg,
    ...fileArg,
    pattern: {
      type: 'string',
      valueHint: 'id',
      description: 'Only this pattern; the first characters of its id are enough',
    },
    ...common.timeArgs,
    match: { type: 'string', valueHint: 'text|-', description: 'Only what holds this text' },
    'dry-run': { type: 'boolean', description: 'Only show what would be erased' },
    backups: { type: 'boolean', description: 'Rewrite backups, too' },
    yes: { type: 'boolean', description: 'Do not ask' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    checkChoice(args);
    const isDry = args['dry-run'] === true;
    // Where nobody can be asked, people are shown what would be erased before it is refused.
    const isRefused = !isDry && !mayAgree(cli, args);
    if (isRefused && args.json) refuse();
    const isPreview = isDry || isRefused;
    const chosen = { ...args, match: matchText(args.match) };
    if (!existsSync(isPreview ? cli.paths.database : cli.paths.data)) {
      if (args.json) printJson(cli, { removed: null });
      else cli.out('Nothing was recorded yet.\n');
      return 0;
    }
    if (cli.env['CLAUDECODE'] && !isPreview) {
      cli.err('Claude Code records this command, too: run it in a terminal of your own.\n');
    }
    const work = async (): Promise<number> => {
      const outcome = await withDatabase(cli, async (database) => {
        const { config } = loadConfig(cli.paths);
        if (!isPreview) {
          await finishForgetting(database, cli.paths, cli.now());
          await takeWaiting(database, {
            paths: cli.paths,
            clock: cli.now,
            machine: hostname(),
          });
        }
        const criteria = await forgetCriteria(database, chosen, cli);
        if (isPreview) return showPreview(cli, database, config, criteria, args.json === true);
        return erase(cli, database, config, criteria, {
          asks: !args.yes,
          json: args.json === true,
          backups: args.backups === true,
        });
      });
      return typeof outcome === 'number' ? outcome : showDone(cli, outcome, args.json === true);
    };
    if (!isPreview) return withoutCourier(cli, work);
    const exitCode = await work();
    return isRefused ? refuse() : exitCode;
  },
});

// --- internal ---

/** Erases in a transaction that is rolled back: so the preview is exact. */
function previewOf(
  { paths, now }: CliEnvironment,
  database: Database,
  config: Config,
  criteria: ForgetCriteria,
): ForgetPreview {
  let spans: readonly ChosenSpan[] = [];
  let wouldRemove: ForgottenRows;
  database.exec('BEGIN IMMEDIATE');
  try {
    wouldRemove = forgetRows(database, criteria, now(), () => (spans = chosenSpans(database)));
  } finally {
    database.exec('ROLLBACK');
  }
  return {
    wouldRemove,
    spans,
    backups: keptCopies(paths.database),
    servers: serversOf(database, config, wouldRemove),
  };
}

function serversOf(
  database: Database,
  config: Config,
  { erasures }: ForgottenRows,
): ForgetServer[] {
  return SINKS.flatMap((sink) => {
    const { name, noun } = sink;
    const others = Object.keys(erasures).filter((key) => otherAddress(sink, key) !== undefined);
    return [name, ...others].flatMap((destination) => {
      const { server } = new SinkState(database, destination).read();
      const address = server ?? otherAddress(sink, destination) ?? sink.address(config);
      if (address === null) return [];
      const deletions = erasures[destination] ?? 0;
      return [
        { sink: destination, noun, server: address, deletions, recalls: sink.erase !== undefined },
      ];
    });
  });
}

function showPreview(
  cli: CliEnvironment,
  database: Database,
  config: Config,
  criteria: ForgetCriteria,
  json: boolean,
): number {
  const preview = previewOf(cli, database, config, criteria);
  const waiting = existsSync(cli.paths.spoolNew) ? readdirSync(cli.paths.spoolNew).length : 0;
  if (json) printJson(cli, { ...previewForJson(preview), waiting });
  else cli.out(previewText(cli, preview, waiting));
  return 0;
}

async function erase(
  cli: CliEnvironment,
  database: Database,
  config: Config,
  criteria: ForgetCriteria,
  {
    asks,
    json,
    backups,
  }: { readonly asks: boolean; readonly json: boolean; readonly backups: boolean },
): Promise<Erased | number> {
  if (!json) cli.out(previewText(cli, previewOf(cli, database, config, criteria), 0));
  if (asks && !(await isAgreed('Erase this for good?'))) {
    cli.out('Nothing was erased.\n');
    return 1;
  }
  const job = addForgetJob(database, { criteria, rewritesBackups: backups });
  const done = await carryOut(database, job, cli.paths, cli.now());
  const { rows } = done;
  if (!rows) return 1; // a job that was just added has rows
  return { criteria, done, rows, servers: serversOf(database, config, rows) };
}

/** What was erased, before it is verified. */
interface Erased extends Pick<ForgetReport, 'done' | 'rows' | 'servers'> {
  readonly criteria: ForgetCriteria;
}

async function showDone(cli: CliEnvironment, erased: Erased, json: boolean): Promise<number> {
  const { done, rows, servers } = erased;
  const backups = searchCopies(done.copies, done.traces);
  const verified = await verify(cli, erased, backups);
  const report: ForgetReport = { done, rows, backups, servers, verified };
  if (json) printJson(cli, reportForJson(report));
  else cli.out(doneText(report));
  return report.verified.found.length > 0 ? 1 : 0;
}

/** Call it while no connection is open: a process that closes a file gives up its locks on it, SQLite's too. */
async function verify(
  cli: CliEnvironment,
  { criteria, done: { traces, isWiped } }: Erased,
  copies: readonly KeptCopy[],
): Promise<ForgetVerification> {
  const { data, courierLock, courierPause } = cli.paths; // this process holds these locks
  const { files, bytes, found } = searchBytes(data, traces, [courierLock, courierPause]);
  const elsewhere = found.filter(({ path }) => !copies.some((copy) => path.startsWith(copy.path)));
  const { packed, kept } = await withDatabase(cli, (database) => {
    const unpacked = packedTraces(database, traces);
    const met = [...new Set([...elsewhere.flatMap((file) => file.traces), ...unpacked])];
    const told = isOnlyMatch(criteria) ? ownTraces(database, met) : keptTraces(database, met);
    return { packed: unpacked, kept: new Set(told) };
  });
  const { database: own } = cli.paths;
  const plain = elsewhere.find(({ path }) => path === own)?.traces ?? [];
  const places = [
    ...elsewhere.filter(({ path }) => path !== own),
    { path: own, traces: [...new Set([...plain, ...packed])] },
  ];
  return {
    files,
    bytes,
    values: traces.length,
    found: places.flatMap((file) => {
      const values = file.traces.filter((trace) => !kept.has(trace)).length;
      return values > 0 ? [{ path: file.path, values }] : [];
    }),
    kept: kept.size,
    isWiped,
  };
}

function previewForJson({ wouldRemove, spans, backups, servers }: ForgetPreview) {
  const { erasures: _, ...rows } = wouldRemove;
  return {
    wouldRemove: rows,
    spans: spans.map(({ kind, count, oldest, newest }) => ({
      kind: kind.replace(' ', '_'),
      count,
      oldest: isoTime(oldest),
      newest: isoTime(newest),
    })),
    backups: backups.map((copy) => ({ ...copy, at: isoTime(copy.at) })),
    servers: servers.map(serverForJson),
  };
}

function reportForJson({ done, rows, backups, servers, verified }: ForgetReport) {
  const { erasures: _, ...removed } = rows;
  const { quarantineFiles, logLines } = done;
  return {
    removed: { ...removed, quarantineFiles, logLines },
    backups: backups.map((copy) => ({ ...copy, at: isoTime(copy.at) })),
    servers: servers.map(serverForJson),
    verified,
  };
}

function serverForJson({ noun: _noun, ...server }: ForgetServer) {
  return server;
}
