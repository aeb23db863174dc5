import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { TrackerError } from '../../base/errors.ts';
import type { Config } from '../../contract/config.ts';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { outboxTotals, waitingCharacters } from '../../store/queries/outbox-totals.ts';
import type { OutboxTotals } from '../../store/queries/outbox-totals.ts';
import { loadConfig } from '../../tracker/config/config-file.ts';
import { CourierNudge } from '../../tracker/courier/courier-nudge.ts';
import { HTTP_SINK } from '../../store/outbox.ts';
import type { DrainLimits, DrainReport } from '../../tracker/delivery/delivery.ts';
import { flushOutbox } from '../../tracker/delivery/outbox-flush.ts';
import { openSinkDelivery, proxyOf } from '../../tracker/delivery/sink-delivery.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { flushProgress } from '../flush-progress.ts';
import { isoTime, printJson } from '../json-output.ts';
import { parseCount } from '../list-arguments.ts';
import { byteText, counted } from '../row-text.ts';
import { readSpool } from '../spool-report.ts';
import { ago } from '../time-text.ts';
import { UsageError } from '../usage-error.ts';

export const flushCommand = trackerCommand({
  name: 'flush',
  description: `Send what waits for the server now.

It waits for no next attempt, and lets a courier that is delivering finish first. Ctrl-C ends it and
loses nothing.

--json prints {delivered, dead, failed, left, end, last_error, duration_ms}; with --dry-run
{would_send, dead, bytes, oldest_at, base_url}.

Exit code 0 when everything was delivered, 1 when something is left, 2 when the server can't be
reached, 3 for a command line that makes no sense.`,
  args: {
    'dry-run': { type: 'boolean', description: 'Only say what would be sent' },
    dead: { type: 'boolean', description: 'Give dead letters another chance first' },
    force: {
      type: 'boolean',
      description: 'Send although the circuit is open; a success closes it',
    },
    limit: { type: 'string', valueHint: 'n', description: 'Send at most so many events' },
    session: { type: 'string', valueHint: 'id', description: 'Only what this session wrote' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const limits: DrainLimits = {
      early: true,
      force: args.force === true,
      ...(args.limit === undefined ? {} : { events: parseCount('--limit', args.limit) }),
      ...(args.session === undefined ? {} : { sessionId: args.session }),
    };
    const config = effectiveConfig(cli);
    if (config.api.base_url === null) {
      throw new UsageError(
        'no server is configured',
        `Set api.base_url in ${cli.paths.configFile}, or INTELLIGENCE_SERVICE_URL.`,
      );
    }
    const interruption = cli.interruption();
    if (!args['dry-run']) await takeIn(cli, interruption);
    if (!existsSync(cli.paths.database)) {
      if (args.json) printJson(cli, summary(NOTHING, 0, 0));
      else cli.out('Nothing was recorded yet, so there is nothing to send.\n');
      return 0;
    }
    const database = openDatabase(cli.paths.database);
    try {
      if (args['dry-run']) return showPlan(database, config, args.dead === true, args.json, cli);
      const dead = args.dead === true;
      const request = { limits, dead, json: args.json, interruption };
      return await flush(database, config, request, cli);
    } finally {
      database.close();
    }
  },
});

// --- internal ---

const NOTHING: DrainReport = {
  delivered: 0,
  dead: 0,
  failed: 0,
  end: 'empty',
  nextAt: undefined,
  lastError: undefined,
};
const UNREACHABLE = 2;
/** How long a courier has to take in what waits in the spool, and how often that is looked at, in milliseconds. */
const TAKE_IN_MS = 10_000;
const LOOK_MS = 50;

/** The configuration as commands see it: files and environment. @throws TrackerError E_CONFIG */
function effectiveConfig(cli: CliEnvironment): Config {
  const { config, error } = loadConfig(cli.paths, { env: cli.env });
  if (error === null) return config;
  throw new TrackerError('E_CONFIG', error, { hint: 'See `pattern-tracker config check`.' });
}

/** What still waits in the spool is taken in by a courier first. */
async function takeIn(cli: CliEnvironment, interruption: AbortSignal): Promise<void> {
  const { paths, env } = cli;
  if (readSpool(paths).waiting === 0) return;
  new CourierNudge({ paths, env }).give();
  for (let looks = 0; looks < TAKE_IN_MS / LOOK_MS; looks++) {
    if (interruption.aborted || readSpool(paths).waiting === 0) return;
    await setTimeout(LOOK_MS);
  }
}

interface FlushRequest {
  readonly limits: DrainLimits;
  readonly dead: boolean;
  readonly json: boolean | undefined;
  readonly interruption: AbortSignal;
}

async function flush(
  database: Database,
  config: Config,
  { limits, dead, json, interruption }: FlushRequest,
  cli: CliEnvironment,
): Promise<number> {
  const startedAt = cli.now();
  const sink = openSinkDelivery({
    config,
    database: () => database,
    clock: cli.now,
    proxy: proxyOf(cli.env),
  });
  try {
    if (dead) sink.store().outbox.requeueDead(limits.sessionId);
    const { waiting } = outboxTotals(database, HTTP_SINK);
    const progress = flushProgress(
      json ? undefined : cli,
      Math.min(waiting, limits.events ?? waiting),
    );
    const report = (await flushOutbox({
      delivery: sink.delivery,
      lockPath: cli.paths.deliveryLock,
      limits,
      signal: interruption,
      onProgress: progress.update,
      onWait: progress.wait,
    })) ?? { ...NOTHING, end: 'aborted' as const };
    progress.end();
    const left = outboxTotals(database, HTTP_SINK);
    if (json) printJson(cli, summary(report, left.waiting, cli.now() - startedAt));
    else cli.out(summaryText(report, left, cli.now() - startedAt));
    return exitCode(report, left.waiting, limits);
  } finally {
    await sink.close();
  }
}

function exitCode(report: DrainReport, left: number, limits: DrainLimits): number {
  const isUnreachable =
    report.end === 'circuit_open' || (report.failed > 0 && report.delivered === 0);
  if (isUnreachable) return UNREACHABLE;
  const isPart = limits.events !== undefined || limits.sessionId !== undefined;
  const isDone = report.failed === 0 && report.dead === 0 && report.end !== 'aborted';
  return isDone && (isPart || left === 0) ? 0 : 1;
}

function showPlan(
  database: Database,
  { api }: Config,
  withDead: boolean,
  json: boolean | undefined,
  cli: CliEnvironment,
): number {
  const { waiting, dead, oldestAt } = outboxTotals(database, HTTP_SINK);
  const characters = waitingCharacters(database, HTTP_SINK);
  const wouldSend = waiting + (withDead ? dead : 0);
  if (json) {
    const at = isoTime(oldestAt);
    printJson(cli, { wouldSend, dead, bytes: characters, oldestAt: at, baseUrl: api.base_url });
  } else if (wouldSend === 0) {
    cli.out('Nothing waits for the server.\n');
  } else {
    const age = oldestAt === null ? '' : `, the oldest from ${ago(oldestAt, cli.now())}`;
    cli.out(
      `Would send ${counted(wouldSend, 'event')} (${byteText(characters)}${age}) to ${api.base_url}.\n`,
    );
  }
  return 0;
}

function summary(report: DrainReport, left: number, durationMs: number) {
  const { delivered, dead, failed, end, lastError = null } = report;
  return { delivered, dead, failed, left, end, lastError, durationMs };
}

function summaryText(report: DrainReport, left: OutboxTotals, ms: number): string {
  const { delivered, dead, failed, end, lastError } = report;
  const rate = ms > 0 && delivered > 0 ? `, ${Math.round((delivered / ms) * 1000)} a second` : '';
  const lines = [`Delivered ${counted(delivered, 'event')} in ${(ms / 1000).toFixed(1)} s${rate}.`];
  if (failed > 0) lines.push(`${counted(failed, 'event')} failed and will be tried again.`);
  if (dead > 0) {
    lines.push(
      `The server refused ${counted(dead, 'event')}: see \`pattern-tracker outbox list --dead\`.`,
    );
  }
  if (lastError !== undefined) lines.push(`Last error: ${lastError}`);
  if (end === 'circuit_open') {
    lines.push('The circuit is open: the server is left alone. `--force` tries it nevertheless.');
  }
  if (end === 'aborted') lines.push('Interrupted. Nothing is lost.');
  if (left.waiting > 0) lines.push(`${counted(left.waiting, 'event')} left.`);
  else if (end === 'empty') lines.push('Nothing is left.');
  return `${lines.join('\n')}\n`;
}
