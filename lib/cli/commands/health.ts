import { TrackerError } from '../../base/errors.ts';
import type { HealthSummary } from '../../contract/health-summary.ts';
import { outboxTotals } from '../../store/queries/outbox-totals.ts';
import { CircuitBreaker } from '../../tracker/delivery/circuit-breaker.ts';
import { loadConfig } from '../../tracker/config/config-file.ts';
import { HTTP_SINK } from '../../store/outbox.ts';
import { breakerPolicy, delivers } from '../../tracker/delivery/delivery-policy.ts';
import { accessFault } from '../../tracker/delivery/server-access.ts';
import {
  accessReason,
  healthSummary,
  unhealthySummary,
} from '../../tracker/delivery/health-summary.ts';
import type { HealthFacts } from '../../tracker/delivery/health-summary.ts';
import { openSinkDelivery, proxyOf } from '../../tracker/delivery/sink-delivery.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { withDelivery } from '../delivery-database.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../json-output.ts';
import { plainLine } from '../plain-text.ts';
import { counted } from '../row-text.ts';
import { gatherStatus } from '../status-report.ts';
import type { StatusReport } from '../status-report.ts';
import { painter } from '../table.ts';
import { span } from '../time-text.ts';

/** Three times the longest wait between two attempts (5 min), in milliseconds. */
const STALLED_MS = 900_000;
const EXIT_CODES = { healthy: 0, degraded: 1, unhealthy: 2 } as const;

export const healthCommand = trackerCommand({
  name: 'health',
  description: `Say in one word whether all is well, and why if not.

Degraded: nothing is lost, but something needs a look. Unhealthy: nothing is recorded.

--json prints {status, api_available, cache_size, base_url, enabled, outbox: {waiting, dead,
oldest_at}, circuit_breaker, reasons}.

Exit code 0 healthy, 1 degraded, 2 unhealthy.`,
  args: {
    probe: { type: 'boolean', description: 'Ask the server too; else the last answer counts' },
    ...common.jsonArg,
  },
  async run({ probe, json }, cli) {
    const health = await healthOf(cli, probe === true);
    if (json) printJson(cli, health);
    else cli.out(text(health, cli));
    return EXIT_CODES[health.status];
  },
});

// --- internal ---

/** What the library says of delivery, and what only this machine's installation can be asked. */
async function healthOf(cli: CliEnvironment, asksServer: boolean): Promise<HealthSummary> {
  const report = await gatherStatus(cli);
  const delivery = await deliveryHealth(cli, asksServer);
  const fatal = fatalReasons(report);
  const reasons = [
    ...fatal,
    ...minorReasons(report),
    ...stalledReasons(report, cli.now()),
    // Without a database it has nothing to add.
    ...(report.databaseError ? [] : delivery.reasons),
  ];
  const status =
    fatal.length > 0 || delivery.status === 'unhealthy'
      ? 'unhealthy'
      : reasons.length > 0
        ? 'degraded'
        : 'healthy';
  return { ...delivery, status, reasons };
}

async function deliveryHealth(cli: CliEnvironment, asksServer: boolean): Promise<HealthSummary> {
  const { config, error } = loadConfig(cli.paths, { env: cli.env });
  const { base_url: baseUrl } = config.api;
  const { enabled } = config.pattern_tracking;
  const fault = accessFault(config);
  const canAsk = baseUrl !== null && fault === null;
  const probe = asksServer && canAsk ? await probeServer(cli) : undefined;
  try {
    const summary = withDelivery(cli, ({ database, store, cache, configError }) =>
      healthSummary({
        baseUrl,
        enabled,
        configError,
        accessFault: fault,
        hasDelivery: delivers(loadConfig(cli.paths).config),
        breaker: store.breaker.read(),
        lastError: store.state.read().lastError,
        outbox: outboxTotals(database, HTTP_SINK),
        cacheSize: cache.length,
        circuitBreaker: new CircuitBreaker(() => store.breaker, breakerPolicy(config)).toJSON(),
        probe,
      }),
    );
    return (
      summary ?? nothingYet({ baseUrl, enabled, configError: error, accessFault: fault }, probe)
    );
  } catch (failure) {
    if (!(failure instanceof TrackerError)) throw failure;
    return unhealthySummary({ baseUrl, enabled }, failure.message);
  }
}

interface Probe {
  readonly isWell: boolean;
  readonly detail: string;
}

async function probeServer(cli: CliEnvironment): Promise<Probe> {
  const { config } = loadConfig(cli.paths, { env: cli.env });
  try {
    const { api } = openSinkDelivery({
      config,
      database: () => {
        throw new Error('a probe needs no database');
      },
      clock: cli.now,
      proxy: proxyOf(cli.env),
    });
    const { status, detail } = await api.health();
    await api.close();
    return { isWell: status === 'healthy', detail };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { isWell: false, detail: error.message };
  }
}

type FactsWithoutDatabase = Pick<
  HealthFacts,
  'baseUrl' | 'enabled' | 'configError' | 'accessFault'
>;

/** Nothing was recorded so far, which is no fault. */
function nothingYet(
  { baseUrl, enabled, configError, accessFault: fault }: FactsWithoutDatabase,
  probe: Probe | undefined,
): HealthSummary {
  const reasons: string[] = [];
  if (configError !== null) reasons.push(`The configuration is broken: ${configError}`);
  if (fault !== null) reasons.push(accessReason(fault));
  if (probe?.isWell === false) reasons.push(`The server is not available: ${probe.detail}.`);
  return {
    status: reasons.length === 0 ? 'healthy' : 'degraded',
    api_available: probe?.isWell ?? null,
    cache_size: 0,
    base_url: baseUrl,
    enabled,
    outbox: { waiting: 0, dead: 0, oldest_at: null },
    circuit_breaker: null,
    reasons,
  };
}

function fatalReasons({ recording, databaseError }: StatusReport): string[] {
  const reasons: string[] = [];
  if (recording.state === 'off') reasons.push(`Nothing is recorded: ${recording.why}.`);
  if (databaseError) reasons.push(`The database can not be read: ${databaseError.message}.`);
  return reasons;
}

function minorReasons({ courier, spool, setAside }: StatusReport): string[] {
  const reasons: string[] = [];
  if (courier.status === 'degraded')
    reasons.push(`The courier is degraded: ${courier.reason ?? ''}.`);
  if (spool.isFull) reasons.push('The spool is full: events are dropped.');
  const dropped = spool.dropped.unwritable + spool.dropped.spoolFull;
  if (dropped > 0) reasons.push(`Events were dropped: ${dropped}.`);
  if (setAside) reasons.push(`A corrupt database was set aside as ${setAside.path}.`);
  return reasons;
}

/** An event that waits while others go through is not one: it becomes a dead letter in time. */
function stalledReasons({ delivery }: StatusReport, now: number): string[] {
  const { baseUrl, waiting, oldestAt, lastDeliveredAt } = delivery;
  if (baseUrl === null || oldestAt === null) return [];
  const idle = now - Math.max(oldestAt, lastDeliveredAt ?? 0);
  if (idle < STALLED_MS) return [];
  return [
    `Nothing was delivered for ${span(idle)}, and ${counted(waiting, 'event')} wait${waiting === 1 ? 's' : ''}: run \`pattern-tracker flush\`.`,
  ];
}

function text({ status, reasons, ...health }: HealthSummary, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const color = { healthy: 'green', degraded: 'yellow', unhealthy: 'red' } as const;
  const server =
    health.base_url === null
      ? 'no server is configured; everything stays on this machine'
      : `${health.base_url}, ${SERVER_WORDS[String(health.api_available) as keyof typeof SERVER_WORDS]}`;
  const lines = [
    `Server   ${server}`,
    `Waiting  ${health.outbox.waiting}, dead letters ${health.outbox.dead}`,
    ...reasons.map((reason) => `- ${reason}`),
  ];
  return `${paint(color[status], status)}\n${lines.map((line) => `${plainLine(line)}\n`).join('')}`;
}

const SERVER_WORDS = { true: 'available', false: 'not available', null: 'not asked yet' } as const;
