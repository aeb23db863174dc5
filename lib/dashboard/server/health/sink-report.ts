import { breakerPolicy } from '../../../delivery/delivery-policy.ts';
import { readDelivery } from '../../../health/delivery-side.ts';
import { readDeliveryNumbers } from '../../../health/checklist/checklist-facts.ts';
import type { DeliveryNumbers } from '../../../health/checklist/checklist-facts.ts';
import { noSinkMetrics } from '../../../health/metrics/sink-metrics.ts';
import type { SinkMetrics } from '../../../health/metrics/sink-metrics.ts';
import { factsInUse } from '../../../health/stored-facts.ts';
import type { BreakerState, Transition } from '../../../delivery/breaker/breaker.ts';
import type { HealthReading, Sources } from '../sources.ts';

/** How delivery to one sink stands, as `health`, `metrics` and `breaker` have it. Times are milliseconds since 1970. */
export interface SinkReport {
  readonly name: string;
  readonly noun: string;
  /** Null when the configuration names none. */
  readonly address: string | null;
  readonly available: boolean | null;
  readonly waiting: number;
  readonly dead: number;
  readonly oldestAt: number | null;
  readonly lastDeliveredAt: number | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
  readonly nextAttemptAt: number | null;
  readonly breaker: BreakerReport;
  readonly metrics: SinkMetrics;
}

/** A circuit breaker, with its history: newest first. */
export interface BreakerReport {
  readonly phase: BreakerState['phase'];
  readonly reason: string | null;
  readonly retryAt: number | null;
  readonly failures: number;
  readonly threshold: number;
  readonly trips: number;
  readonly history: readonly Transition[];
}

/** Delivery to each sink in use, and the cache of the server's answers. */
export interface DeliveryReport {
  readonly sinks: readonly SinkReport[];
  readonly cache: DeliveryNumbers['cache'];
}

/** Reads how delivery stands. @throws TrackerError E_DATABASE_… */
export function deliveryReport(sources: Sources): DeliveryReport {
  const { facts, health, config }: HealthReading = sources.health();
  const numbers = readDelivery(sources.installation, config, readDeliveryNumbers);
  const policy = breakerPolicy(config.config);
  const sinks = factsInUse(config.config, facts.stored.delivery.value).map((of): SinkReport => {
    const { sink, outbox, breaker, lastDeliveredAt, lastError, lastErrorAt, nextAttemptAt } = of;
    const known = health.sinks.find((one) => one.sink === sink);
    const own = numbers?.sinks.find((one) => one.sink === sink);
    return {
      name: sink.name,
      noun: sink.noun,
      address: known?.address ?? null,
      available: known?.available ?? null,
      waiting: outbox.waiting,
      dead: outbox.dead,
      oldestAt: outbox.oldestAt,
      lastDeliveredAt,
      lastError,
      lastErrorAt,
      nextAttemptAt,
      breaker: {
        phase: breaker.phase,
        reason: breaker.phase === 'closed' ? null : breaker.reason,
        retryAt: breaker.phase === 'open' ? breaker.openedAt + policy.recoveryTimeoutMs : null,
        failures: breaker.consecutiveFailures,
        threshold: policy.failureThreshold,
        trips: breaker.trips,
        history: own?.history ?? [],
      },
      metrics: own?.metrics ?? noSinkMetrics(sink.name),
    };
  });
  const { cache_size: size } = config.config.pattern_tracking;
  return { sinks, cache: numbers?.cache ?? { entries: 0, size, hitRate: null } };
}
