import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { TrackerError } from '../../base/errors.ts';
import type { Config } from '../../contract/config.ts';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { chosenRows } from '../../store/queries/outbox-rows.ts';
import { loadConfig } from '../../tracker/config/config-file.ts';
import { CourierNudge } from '../../tracker/courier/courier-nudge.ts';
import { HTTP_SINK } from '../../store/outbox.ts';
import type { DrainLimits, DrainReport } from '../../tracker/delivery/delivery.ts';
import { flushOutbox } from '../../tracker/delivery/outbox-flush.ts';
import { openSinkDelivery, proxyOf } from '../../tracker/delivery/sink-delivery.ts';
import type { SinkDelivery } from '../../tracker/delivery/sink-delivery.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { errorText } from '../error-text.ts';
import { EMPTY_PLAN, flushPlan } from '../flush-plan.ts';
import type { FlushChoice, FlushPlan } from '../flush-plan.ts';
import { flushProgress } from '../flush-progress.ts';
import { isoTime, printJson } from '../json-output.ts';
import { parseCount, sessionOf } from '../list-arguments.ts';
import { plainLine } from '../plain-text.ts';
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

Exit code 0 when all that was asked for is delivered, 1 when something of it is left (more than --limit,
failed, refused, interrupted) or tracker.db can't be used, 2 when the server can't be reached or not
spoken to (circuit open, no token file), 3 for a command line or a configuration by which nothing can
be sent.`,
  args: {
    'dry-run': { type: 'boolean', description: 'Only say what would be sent' },
    dead: { type: 'boolean', description: 'Give dead letters another chance first' },
    force: {
      type: 'boolean',
      description: 'Send although the circuit is open, or tracking switched off',
    },
    limit: { type: 'string', valueHint: 'n', description: 'Send at most so many events' },
    ...common.sessionArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const request: FlushRequest = {
      events: args.limit === undefined ? undefined : parseCount('--limit', args.limit),
      session: sessionOf(args),
      dead: args.dead === true,
      force: args.force === true,
      json: args.json === true,
    };
    const config = sendingConfig(cli, request);
    const interruption = cli.interruption();
    if (!args['dry-run']) await takeIn(cli, interruption);
    const { database: path } = cli.paths;
    if (!existsSync(path)) {
      if (!args.json) cli.out('Nothing was recorded yet, so there is nothing to send.\n');
      else if (args['dry-run']) printJson(cli, forJson(config, EMPTY_PLAN));
      else printJson(cli, summary(NOTHING, 0, 0));
      return 0;
    }
    const database = openDatabase(path);
    try {
      if (args['dry-run']) {
        return showPlan(flushPlan(database, request, cli.now()), config, request.json, cli);
      }
      return await flush(database, config, request, interruption, cli);
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

interface FlushRequest extends FlushChoice {
  readonly force: boolean;
  readonly json: boolean;
}

/** The configuration as commands see it: files and environment. @throws UsageError where it lets nothing be sent */
function sendingConfig(cli: CliEnvironment, { force }: FlushRequest): Config {
  const { config, error } = loadConfig(cli.paths, { env: cli.env });
  if (error !== null) throw new UsageError(error, 'See `pattern-tracker config check`.');
  if (config.api.base_url === null) {
    throw new UsageError(
      'no server is configured',
      `Set api.base_url in ${cli.paths.configFile}, or INTELLIGENCE_SERVICE_URL.`,
    );
  }
  if (!config.pattern_tracking.enabled && !force) {
    throw new UsageError(
      'tracking is switched off: pattern_tracking.enabled is false, so nothing is sent',
      'Set it to true, or say --force to send what waits all the same.',
    );
  }
  return config;
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

async function flush(
  database: Database,
  config: Config,
  request: FlushRequest,
  interruption: AbortSignal,
  cli: CliEnvironment,
): Promise<number> {
  const { dead, json, session, events, force } = request;
  const startedAt = cli.now();
  let sink: SinkDelivery;
  try {
    const proxy = proxyOf(cli.env);
    sink = openSinkDelivery({ config, database: () => database, clock: cli.now, proxy });
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    cli.err(errorText(error)); // a token file that is not there, and the like
    return UNREACHABLE;
  }
  try {
    if (dead) sink.store().outbox.requeueDead(session);
    const filter = { sink: HTTP_SINK, dead: false, session, limit: -1 };
    const waiting = () => chosenRows(database, filter).count;
    const progress = flushProgress(
      json ? undefined : cli,
      Math.min(waiting(), events ?? Number.MAX_SAFE_INTEGER),
    );
    const limits: DrainLimits = { early: true, force, events, sessionId: session };
    const report = (await flushOutbox({
      delivery: sink.delivery,
      lockPath: cli.paths.deliveryLock,
      limits,
      signal: interruption,
      onProgress: progress.update,
      onWait: progress.wait,
    })) ?? { ...NOTHING, end: 'aborted' as const };
    progress.end();
    const left = waiting();
    if (json) printJson(cli, summary(report, left, cli.now() - startedAt));
    else cli.out(summaryText(report, left, cli.now() - startedAt));
    return exitCode(report, left);
  } finally {
    await sink.close();
  }
}

function exitCode(report: DrainReport, left: number): number {
  const isUnreachable =
    report.end === 'circuit_open' || (report.failed > 0 && report.delivered === 0);
  if (isUnreachable) return UNREACHABLE;
  const isDone = report.failed === 0 && report.dead === 0 && report.end !== 'aborted';
  return isDone && left === 0 ? 0 : 1;
}

function forJson({ api }: Config, { wouldSend, dead, characters, oldestAt }: FlushPlan) {
  const at = isoTime(oldestAt);
  return { wouldSend, dead, bytes: characters, oldestAt: at, baseUrl: api.base_url };
}

function showPlan(plan: FlushPlan, config: Config, json: boolean, cli: CliEnvironment): number {
  const { wouldSend, characters, oldestAt } = plan;
  if (json) {
    printJson(cli, forJson(config, plan));
  } else if (wouldSend === 0) {
    cli.out('Nothing waits for the server.\n');
  } else {
    const age = oldestAt === null ? '' : `, the oldest from ${ago(oldestAt, cli.now())}`;
    const what = `${counted(wouldSend, 'event')} (${byteText(characters)}${age})`;
    cli.out(`Would send ${what} to ${plainLine(config.api.base_url ?? '')}.\n`);
  }
  return 0;
}

function summary(report: DrainReport, left: number, durationMs: number) {
  const { delivered, dead, failed, end, lastError = null } = report;
  return { delivered, dead, failed, left, end, lastError, durationMs };
}

function summaryText(report: DrainReport, left: number, ms: number): string {
  const { delivered, dead, failed, end, lastError } = report;
  const rate = ms > 0 && delivered > 0 ? `, ${Math.round((delivered / ms) * 1000)} a second` : '';
  const lines = [`Delivered ${counted(delivered, 'event')} in ${(ms / 1000).toFixed(1)} s${rate}.`];
  if (failed > 0) lines.push(`${counted(failed, 'event')} failed and will be tried again.`);
  if (dead > 0) {
    lines.push(
      `The server refused ${counted(dead, 'event')}: see \`pattern-tracker outbox list --dead\`.`,
    );
  }
  if (lastError !== undefined) lines.push(`Last error: ${plainLine(lastError)}`);
  if (end === 'circuit_open') {
    lines.push('The circuit is open: the server is left alone. `--force` tries it nevertheless.');
  }
  if (end === 'aborted') lines.push('Interrupted. Nothing is lost.');
  if (left > 0) lines.push(`${counted(left, 'event')} left.`);
  else if (end === 'empty') lines.push('Nothing is left.');
  return `${lines.join('\n')}\n`;
}
