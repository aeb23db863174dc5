import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { TrackerError } from '../../base/errors.ts';
import { openDatabase, openDatabaseForReading } from '../../store/database/database.ts';
import type { Database } from '../../store/database/database.ts';
import { chosenRows } from '../../delivery/store/outbox-rows.ts';
import { loadConfig, problemText } from '../../config/config-file.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import { SERVERS } from '../../config/credentials.ts';
import type { DrainLimits } from '../../delivery/delivery.ts';
import { MAIN_SINK, SINKS } from '../../delivery/sinks.ts';
import type { Sink } from '../../delivery/sink.ts';
import { flushOutbox } from '../../delivery/outbox-flush.ts';
import { destinationOf } from '../../delivery/destination.ts';
import type { Destination } from '../../delivery/destination.ts';
import type { ProxySettings } from '../../delivery/http/proxy-settings.ts';
import { openDelivery } from '../../delivery/sink-delivery.ts';
import type { SinkDelivery } from '../../delivery/sink-delivery.ts';
import { namedSinks } from '../../delivery/sinks-in-use.ts';
import { elsewhereText, waitingElsewhere } from '../../delivery/waiting-elsewhere.ts';
import { allowedRoute, allowEnvArg } from '../arguments/allow-env.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { takeIn } from '../spool-intake.ts';
import { errorJson, errorLines } from '../output/error-text.ts';
import { EMPTY_PLAN, flushPlan } from '../flush/flush-plan.ts';
import type { FlushChoice, FlushPlan } from '../flush/flush-plan.ts';
import { flushProgress } from '../flush/flush-progress.ts';
import { flushExitCode, flushSummary, flushText, NOTHING_SENT } from '../flush/flush-report.ts';
import type { SinkFlush } from '../flush/flush-report.ts';
import { isoTime } from '../../base/clock.ts';
import { printJson } from '../output/json-output.ts';
import { parseCount, sessionOf } from '../arguments/list-arguments.ts';
import { noSinkText } from '../output/sink-text.ts';
import { plainLine } from '../output/plain-text.ts';
import { byteText, counted } from '../../base/amount-text.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { sinkArg, sinkOf } from '../arguments/sink-choice.ts';
import { ago } from '../../base/time-text.ts';
import { UsageError } from '../arguments/usage-error.ts';

/** `flush`: sends now what waits. */
export const flushCommand = trackerCommand({
  name: 'flush',
  summary: 'Send now what waits for the server and the collector.',
  examples: [
    'pattern-tracker flush --dry-run',
    'pattern-tracker flush',
    'pattern-tracker flush --dead --sink http',
  ],
  details: `It does not wait until the next attempt is due, but lets a courier that is delivering finish first. Ctrl-C
ends it, and nothing is lost. --limit applies to each of the two separately.`,
  json: `{delivered, dead, failed, left, end, last_error, duration_ms, sinks}: sums, end and last_error of the
sink with the worst result, and the same for each with its name as sink; with --dry-run {would_send, dead,
bytes, oldest_at, base_url, sinks: [the same with sink and address]}.`,
  exitCodes: `0 when everything asked for is delivered; 1 when something is left (more than --limit, failed, refused,
interrupted) or tracker.db cannot be used; 2 when a sink cannot be reached or used (circuit open, no token
file); 3 for wrong usage, or when nothing can be sent with this configuration.`,
  args: {
    'dry-run': { type: 'boolean', description: 'Show what would be sent; send nothing' },
    dead: { type: 'boolean', description: 'Give dead letters another chance first' },
    force: {
      type: 'boolean',
      description: 'Send even if the circuit is open or tracking is switched off',
    },
    limit: { type: 'string', valueHint: 'n', description: 'Send at most n events' },
    ...allowEnvArg,
    ...sinkArg,
    ...common.sessionArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const request: FlushRequest = {
      sink: sinkOf(args),
      events: args.limit === undefined ? undefined : parseCount('--limit', args.limit),
      session: sessionOf(args),
      dead: args.dead === true,
      force: args.force === true,
      json: args.json === true,
    };
    const target = targetOf(cli, request, args);
    const interruption = cli.interruption();
    if (!args['dry-run']) await takeIn(cli, interruption);
    const { database: path } = cli.paths;
    const database = args['dry-run'] ? openDatabaseForReading(path) : openIfThere(path);
    if (!database) {
      if (!args.json) cli.out('Nothing was recorded yet, so there is nothing to send.\n');
      else if (args['dry-run'])
        showPlans(
          plansOf(target, () => EMPTY_PLAN),
          true,
          cli,
        );
      else printJson(cli, flushSummary(target.sinks.map((sink) => ({ ...NOTHING_SENT, sink }))));
      return 0;
    }
    try {
      const session = chooseSession(database, request.session, cli, { inOutbox: true });
      const choice = { ...request, session };
      if (args['dry-run']) {
        const plan = (sink: Sink) =>
          flushPlan(database, destinationOf(sink, target.loaded, database).name, choice, cli.now());
        showPlans(plansOf(target, plan), request.json, cli);
        tellElsewhere(database, target, request, cli);
        return 0;
      }
      tellElsewhere(database, target, request, cli);
      return await flush(database, target, choice, interruption, cli);
    } finally {
      database.close();
    }
  },
});

// --- internal ---

interface FlushRequest extends FlushChoice {
  readonly sink: Sink | undefined;
  readonly force: boolean;
  readonly json: boolean;
}

/** Where events go, and the configuration in force. */
interface Target {
  readonly loaded: LoadedConfig;
  readonly proxy: ProxySettings;
  readonly sinks: readonly Sink[];
}

/**
 * The sinks to send to, by files and environment.
 *
 * @throws UsageError when these let nothing be sent, TrackerError E_ENVIRONMENT when they may not
 */
function targetOf(
  cli: CliEnvironment,
  { sink, force }: FlushRequest,
  args: Parameters<typeof allowedRoute>[2],
): Target {
  const loaded = loadConfig(cli.paths, { env: cli.env, allowsEnv: args['allow-env'] });
  const { config, error } = loaded;
  if (error !== null) throw new UsageError(error, 'See `pattern-tracker config check`.');
  const asked = sink ? [sink] : SINKS;
  const proxy = allowedRoute(loaded, asked, args, cli);
  const sinks = namedSinks(config).filter((named) => asked.includes(named));
  const missing = noSinkText(asked, config, cli.paths);
  if (missing) throw new UsageError(missing.what, `${missing.mend.replace('set', 'Set')}.`);
  if (!config.pattern_tracking.enabled && !force) {
    throw new UsageError(
      'tracking is switched off: pattern_tracking.enabled is false, so nothing is sent',
      'Set it to true, or use --force to send what waits anyway.',
    );
  }
  return { loaded, proxy, sinks };
}

function openIfThere(path: string): Database | undefined {
  return existsSync(path) ? openDatabase(path) : undefined;
}

async function flush(
  database: Database,
  { loaded, proxy, sinks }: Target,
  request: FlushRequest,
  interruption: AbortSignal,
  cli: CliEnvironment,
): Promise<number> {
  const flushes: SinkFlush[] = [];
  for (const sink of sinks) {
    const destination = destinationOf(sink, loaded, database);
    const open = async () => {
      const openClient = await sink.loadClient();
      const shared = { config: loaded.config, clock: cli.now };
      const client = openClient({ ...shared, proxy, machine: hostname() });
      return openDelivery(destination, client, { ...shared, database: () => database });
    };
    flushes.push(await flushSink(sink, destination, database, open, request, interruption, cli));
  }
  if (request.json) printJson(cli, flushSummary(flushes));
  else cli.out(flushText(flushes));
  return flushExitCode(flushes);
}

/** Says what is not sent because it waits for another server, and which secrets are not sent to this one. */
function tellElsewhere(
  database: Database,
  { loaded, sinks }: Target,
  { json }: FlushRequest,
  cli: CliEnvironment,
): void {
  if (json) return;
  const elsewhere = sinks.flatMap((sink) =>
    waitingElsewhere(database, sink, destinationOf(sink, loaded, database).name),
  );
  const lines = [
    ...elsewhere.map((waiting) => `Not sent: ${elsewhereText(waiting)}`),
    ...loaded.warnings
      .filter(({ key }) => SERVERS.some(({ credentials }) => credentials.includes(key)))
      .map(problemText),
  ];
  for (const line of lines) cli.err(`${plainLine(line)}\n`);
}

/** Sends what waits for one sink. A fault in its configuration is printed and does not stop the other sinks. */
async function flushSink(
  sink: Sink,
  destination: Destination,
  database: Database,
  open: () => Promise<SinkDelivery>,
  { dead, json, session, events, force }: FlushRequest,
  interruption: AbortSignal,
  cli: CliEnvironment,
): Promise<SinkFlush> {
  const startedAt = cli.now();
  const filter = { sink: destination.name, dead: false, session, limit: -1 };
  const waiting = () => chosenRows(database, filter).count;
  let opened: SinkDelivery;
  try {
    opened = await open();
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    cli.err(json ? errorJson(error) : errorLines(error)); // for example a missing token file
    return { ...NOTHING_SENT, sink, end: 'no_access', lastError: error.message, left: waiting() };
  }
  try {
    if (dead) opened.store().outbox.requeueDead(session);
    const progress = flushProgress(
      json ? undefined : cli,
      Math.min(waiting(), events ?? Number.MAX_SAFE_INTEGER),
    );
    const limits: DrainLimits = { early: true, force, events, sessionId: session };
    const report = (await flushOutbox({
      delivery: opened.delivery,
      lockPath: sink.lockPath(cli.paths),
      limits,
      signal: interruption,
      onProgress: progress.update,
      onWait: progress.wait,
    })) ?? { ...NOTHING_SENT, end: 'aborted' as const };
    progress.end();
    return { ...report, sink, left: waiting(), durationMs: cli.now() - startedAt };
  } finally {
    await opened.close();
  }
}

/** What would be sent to one sink. */
interface SinkPlan extends FlushPlan {
  readonly sink: Sink;
  readonly address: string | null;
}

function plansOf(
  { loaded: { config }, sinks }: Target,
  planOf: (sink: Sink) => FlushPlan,
): SinkPlan[] {
  return sinks.map((sink) => ({ ...planOf(sink), sink, address: sink.address(config) }));
}

function showPlans(plans: readonly SinkPlan[], json: boolean, cli: CliEnvironment): void {
  if (json) printJson(cli, plansForJson(plans));
  else for (const plan of plans) cli.out(`${planText(plan, cli)}\n`);
}

function plansForJson(plans: readonly SinkPlan[]) {
  const sum = (of: (plan: SinkPlan) => number) => plans.reduce((all, plan) => all + of(plan), 0);
  const oldest = plans.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]));
  return {
    wouldSend: sum(({ wouldSend }) => wouldSend),
    dead: sum(({ dead }) => dead),
    bytes: sum(({ characters }) => characters),
    oldestAt: isoTime(oldest.length === 0 ? null : Math.min(...oldest)),
    baseUrl: plans.find(({ sink }) => sink === MAIN_SINK)?.address ?? null,
    sinks: plans.map(({ sink, address, wouldSend, dead, characters, oldestAt }) => ({
      sink: sink.name,
      address,
      wouldSend,
      dead,
      bytes: characters,
      oldestAt: isoTime(oldestAt),
    })),
  };
}

function planText(plan: SinkPlan, cli: CliEnvironment): string {
  const { sink, address, wouldSend, characters, oldestAt } = plan;
  if (wouldSend === 0) return `Nothing waits for the ${sink.noun}.`;
  const age = oldestAt === null ? '' : `, the oldest from ${ago(oldestAt, cli.now())}`;
  const what = `${counted(wouldSend, 'event')} (${byteText(characters)}${age})`;
  return `Would send ${what} to ${plainLine(address ?? '')}.`;
}
