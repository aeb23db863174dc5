import { counted } from '../base/amount-text.ts';
import type { ConfigView, LoadedConfig } from '../config/config-file.ts';
import { isSameServer } from '../config/server-address.ts';
import type { BreakerState } from '../delivery/breaker/breaker.ts';
import { MAIN_SINK } from '../delivery/sinks.ts';
import { breakerPolicy } from '../delivery/delivery-policy.ts';
import type { Sink, SinkProbe } from '../delivery/sink.ts';
import { accessFault } from '../delivery/sink-access.ts';
import type { OutboxTotals } from '../delivery/store/outbox-totals.ts';
import { breakerSummary } from './circuit-breaker.ts';
import type { BreakerSummary, HealthSummary } from './health-summary.ts';
import type { SinkProbes } from './sink-probes.ts';
import type { SinkFacts } from './sink-facts.ts';
import { factsInUse, factsOf } from './stored-facts.ts';
import { elsewhereText } from '../delivery/waiting-elsewhere.ts';
import type { StoredDelivery } from './stored-facts.ts';

/** The facts by which the health of delivery is judged. */
export interface DeliveryFacts {
  /** The configuration of this process, and in `courier` the one that a courier uses. */
  readonly config: ConfigView & Pick<LoadedConfig, 'courier'>;
  /** What tracker.db knows of delivery; null while there is no database. */
  readonly stored: StoredDelivery | null;
  /** The answers of the sinks that were asked just now. */
  readonly probes?: SinkProbes | undefined;
}

/** The health of delivery to one sink. */
export interface SinkHealth {
  readonly sink: Sink;
  /** Null when the configuration names none. */
  readonly address: string | null;
  /** Whether the sink's last answer was good; null when there is no sink, or it was never asked. */
  readonly available: boolean | null;
  readonly outbox: HealthSummary['outbox'];
  /** Null while there is no database. */
  readonly circuit_breaker: BreakerSummary | null;
}

/** The health of delivery to the server, and in `sinks` to each sink in use; `reasons` are about all. */
export interface DeliveryHealth extends HealthSummary {
  readonly sinks: readonly SinkHealth[];
}

/** The health of delivery to the server. */
export function healthSummary(facts: DeliveryFacts): HealthSummary {
  const server = viewOf(MAIN_SINK, facts);
  const { sink: _, address, available, ...rest } = sinkHealth(server);
  const reasons = [...configReasons(facts), ...sinkReasons(server)];
  return {
    status: reasons.length === 0 ? 'healthy' : 'degraded',
    api_available: available,
    cache_size: facts.stored?.cacheEntries ?? 0,
    base_url: address,
    enabled: facts.config.config.pattern_tracking.enabled,
    ...rest,
    reasons,
  };
}

/** The health of delivery when tracker.db cannot be used; `reason` says why. */
export function unhealthySummary(
  { config: { config } }: { readonly config: ConfigView },
  reason: string,
): HealthSummary {
  return {
    status: 'unhealthy',
    api_available: null,
    cache_size: 0,
    base_url: config.api.base_url,
    enabled: config.pattern_tracking.enabled,
    outbox: { waiting: 0, dead: 0, oldest_at: null },
    circuit_breaker: null,
    reasons: [reason],
  };
}

/** The health of delivery to all sinks in use. `status` is the server's; `trackerHealth` judges them all. */
export function deliveryHealth(facts: DeliveryFacts): DeliveryHealth {
  const views = factsInUse(facts.config.config, facts.stored).map(({ sink }) =>
    viewOf(sink, facts),
  );
  const sinks = views.map(({ sink }) => sink);
  const reasons = views.flatMap((view) => namedReasons(view.sink, sinks, sinkReasons(view)));
  return {
    ...healthSummary(facts),
    reasons: [
      ...configReasons(facts),
      ...reasons,
      ...(facts.stored?.elsewhere ?? []).map((waiting) => `Waiting: ${elsewhereText(waiting)}`),
    ],
    sinks: views.map(sinkHealth),
  };
}

/** The reasons, each with the name of its sink in front unless the server is the only one. */
export function namedReasons(
  sink: Sink,
  sinks: readonly Sink[],
  reasons: readonly string[],
): string[] {
  const isClear = sinks.length === 1 && sink === MAIN_SINK;
  return reasons.map((reason) => (isClear ? reason : `${sink.name}: ${reason}`));
}

// --- internal ---

/** What the configuration and tracker.db tell about one sink. */
interface SinkView {
  readonly sink: Sink;
  readonly address: string | null;
  /** Why no request can be made, for example a missing token file; null when one can. */
  readonly accessFault: string | null;
  /** False when no courier delivers to it, because the configuration files do not name it. */
  readonly hasDelivery: boolean;
  readonly facts: SinkFacts;
  readonly circuitBreaker: BreakerSummary | null;
  /** Undefined for a sink that was not asked. */
  readonly probe: SinkProbe | undefined;
}

function viewOf(
  sink: Sink,
  { config: { config, courier }, stored, probes }: DeliveryFacts,
): SinkView {
  const facts = factsOf(sink, stored);
  return {
    sink,
    address: sink.address(config),
    accessFault: accessFault(config, sink),
    hasDelivery:
      sink.delivers(courier.config) &&
      isSameServer(sink.address(config), sink.address(courier.config)),
    facts,
    circuitBreaker: stored && breakerSummary(facts.breaker, breakerPolicy(config)),
    probe: probes?.get(sink),
  };
}

function sinkHealth(view: SinkView): SinkHealth {
  return {
    sink: view.sink,
    address: view.address,
    available: availability(view),
    outbox: outboxSummary(view.facts.outbox),
    circuit_breaker: view.circuitBreaker,
  };
}

function configReasons({ config: { error } }: DeliveryFacts): string[] {
  return error === null ? [] : [`The configuration is broken: ${error}`];
}

/** Why delivery to a sink is not healthy, a sentence each. */
function sinkReasons(view: SinkView): string[] {
  const { sink, address, facts, probe } = view;
  const { breaker, outbox } = facts;
  const noun = sink.noun;
  const reasons: string[] = [];
  if (view.accessFault !== null) reasons.push(`Nothing can be sent: ${view.accessFault}.`);
  if (address !== null && breaker.phase !== 'closed') {
    reasons.push(`The circuit is ${breaker.phase.replace('_', ' ')}: ${breaker.reason ?? ''}.`);
  }
  if (availability(view) === false) {
    const detail = probe?.detail ?? facts.lastError ?? 'no reply';
    reasons.push(`The ${noun} is not available: ${detail}.`);
  }
  if (outbox.dead > 0) {
    reasons.push(
      `The ${noun} refused ${counted(outbox.dead, 'event')}: see \`pattern-tracker outbox\`.`,
    );
  }
  if (outbox.waiting > 0 && !view.hasDelivery) {
    const command = address === null ? `outbox drop --all --sink ${sink.name}` : 'flush';
    reasons.push(
      `${counted(outbox.waiting, 'event')} cannot be delivered by a courier: put ${sink.key} into config.yaml, or run \`pattern-tracker ${command}\`.`,
    );
  }
  return reasons;
}

function availability({ address, probe, facts }: SinkView): boolean | null {
  return address === null ? null : (probe?.isWell ?? lastKnown(facts.breaker));
}

function lastKnown({ phase, lastFailureAt, lastSuccessAt }: BreakerState): boolean | null {
  if (phase === 'open') return false;
  if (lastFailureAt === null && lastSuccessAt === null) return null;
  return (lastSuccessAt ?? 0) >= (lastFailureAt ?? 0);
}

function outboxSummary({ waiting, dead, oldestAt }: OutboxTotals): HealthSummary['outbox'] {
  return { waiting, dead, oldest_at: oldestAt === null ? null : new Date(oldestAt).toISOString() };
}
