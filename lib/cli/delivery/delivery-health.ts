import type { Config } from '../../config/config.ts';
import type { BreakerSummary, HealthSummary } from '../../health/health-summary.ts';
import { CLOSED } from '../../delivery/breaker/breaker.ts';
import { outboxTotals } from '../../delivery/store/outbox-totals.ts';
import { loadConfig } from '../../config/config-file.ts';
import { CircuitBreaker } from '../../health/circuit-breaker.ts';
import { breakerPolicy } from '../../delivery/delivery-policy.ts';
import { MAIN_SINK, SINKS } from '../../delivery/sinks.ts';
import type { Sink, SinkProbe } from '../../delivery/sink.ts';
import {
  configReasons,
  healthSummary,
  outboxSummary,
  sinkAvailable,
  sinkReasons,
  unhealthySummary,
} from '../../health/health-summary-builder.ts';
import type { SinkFacts } from '../../health/health-summary-builder.ts';
import { accessFault } from '../../delivery/sink-access.ts';
import { proxyOf } from '../../delivery/http/proxy-settings.ts';
import { withDelivery } from './delivery-database.ts';
import type { DeliverySide } from './delivery-database.ts';
import type { CliEnvironment } from '../environment.ts';
import { sinksInUse } from '../arguments/sink-choice.ts';

/** How delivery to one sink is. */
export interface SinkHealth {
  readonly sink: Sink;
  readonly address: string | null;
  readonly available: boolean | null;
  readonly outbox: HealthSummary['outbox'];
  readonly circuit_breaker: BreakerSummary | null;
}

/** What the library says of the server, and of it and all others by themselves. */
export interface DeliveryHealth extends HealthSummary {
  readonly sinks: readonly SinkHealth[];
}

/** How delivery is, as far as is known; asks the server if it is told to. */
export async function readDeliveryHealth(
  cli: CliEnvironment,
  asksServer: boolean,
): Promise<DeliveryHealth> {
  const { config, error: configError } = loadConfig(cli.paths, { env: cli.env });
  const known = { baseUrl: config.api.base_url, enabled: config.pattern_tracking.enabled };
  const probes = asksServer ? await probeSinks(cli, config) : undefined;
  const healthFrom = (side?: DeliverySide): DeliveryHealth => {
    const factsOf = (sink: Sink) => ({
      ...sinkFacts(sink, cli, config, side),
      probe: probes?.get(sink),
    });
    const sinks = side?.sinks ?? sinksInUse(config);
    const cacheSize = side?.cache.length ?? 0;
    const reasons = sinks.flatMap((sink) =>
      namedReasons(sink, sinks, sinkReasons(sink, sink.address(config), factsOf(sink))),
    );
    return {
      ...healthSummary({ ...known, configError, cacheSize, ...factsOf(MAIN_SINK) }),
      reasons: [...configReasons(configError), ...reasons],
      sinks: sinks.map((sink) => sinkHealth(sink, sink.address(config), factsOf(sink))),
    };
  };
  try {
    return withDelivery(cli, healthFrom) ?? healthFrom();
  } catch (failure) {
    if (!(failure instanceof TrackerError)) throw failure;
    return { ...unhealthySummary(known, failure.message), sinks: healthFrom().sinks };
  }
}

/** Reasons with the name of their sink, where they could be about another one than the server. */
export function namedReasons(
  sink: Sink,
  sinks: readonly Sink[],
  reasons: readonly string[],
): string[] {
  const isClear = sinks.length === 1 && sink === MAIN_SINK;
  return reasons.map((reason) => (isClear ? reason : `${sink.name}: ${reason}`));
}

// --- internal ---

/** What is known of a sink; without a database nothing was recorded so far, which is no fault. */
function sinkFacts(sink: Sink, cli: CliEnvironment, config: Config, side?: DeliverySide) {
  const store = side?.storeOf(sink);
  return {
    accessFault: accessFault(config, sink),
    hasDelivery: sink.delivers(loadConfig(cli.paths).config),
    breaker: store?.breaker.read() ?? CLOSED,
    lastError: store?.state.read().lastError ?? null,
    outbox: side ? outboxTotals(side.database, sink.name) : NOTHING_WAITS,
    circuitBreaker: store
      ? new CircuitBreaker(() => store.breaker, breakerPolicy(config)).toJSON()
      : null,
  };
}

const NOTHING_WAITS = { waiting: 0, dead: 0, failed: 0, oldestAt: null };

function sinkHealth(
  sink: Sink,
  address: string | null,
  facts: SinkFacts & { readonly circuitBreaker: BreakerSummary | null },
): SinkHealth {
  return {
    sink,
    address,
    available: sinkAvailable(address, facts),
    outbox: outboxSummary(facts.outbox),
    circuit_breaker: facts.circuitBreaker,
  };
}

/** Asks every sink that can be asked how it is. */
async function probeSinks(
  cli: CliEnvironment,
  config: Config,
): Promise<ReadonlyMap<Sink, SinkProbe>> {
  const probes = new Map<Sink, SinkProbe>();
  for (const sink of SINKS) {
    if (sink.address(config) === null || accessFault(config, sink) !== null) continue;
    const probe = await probeSink(sink, cli, config);
    if (probe) probes.set(sink, probe);
  }
  return probes;
}

async function probeSink(
  sink: Sink,
  cli: CliEnvironment,
  config: Config,
): Promise<SinkProbe | undefined> {
  try {
    return await sink.probe?.({ config, clock: cli.now, proxy: proxyOf(cli.env) });
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { isWell: false, detail: error.message };
  }
}
