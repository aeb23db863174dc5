import type { ErrorMetrics } from './error-metrics.ts';
import type { CacheStore } from '../delivery/store/cache-store.ts';
import type { Database } from '../store/database/database.ts';
import { Metrics } from '../delivery/store/metrics.ts';
import { MAIN_SINK } from '../delivery/sinks.ts';
import { outboxTotals } from '../delivery/store/outbox-totals.ts';
import type { DeliveryStore } from '../delivery/store/delivery-store.ts';

/** What there is of one sink to be measured. */
export interface SinkSources {
  readonly database: Database;
  readonly delivery: Pick<DeliveryStore, 'breaker' | 'metrics' | 'transaction'>;
}

export interface ErrorMetricsSources extends SinkSources {
  readonly cache: CacheStore;
}

/** How delivery to one sink has gone; the cache is about none. */
export type SinkErrorMetrics = Omit<ErrorMetrics, 'cache_hit_rate'>;

/** Since the last reset. */
export function readSinkErrorMetrics(
  { database, delivery }: SinkSources,
  sink: string,
): SinkErrorMetrics {
  const { metrics, breaker } = delivery;
  const last = lastReset(database, sink);
  const { waiting, failed } = outboxTotals(database, sink, last.value('at'));
  const successful = metrics.value('delivered');
  const total = successful + failed;
  const { count, sumMs } = metrics.latency();
  return {
    total_requests: total,
    successful_requests: successful,
    failed_requests: failed,
    success_rate: total === 0 ? null : successful / total,
    cached_events: waiting,
    circuit_breaker_trips: Math.max(0, breaker.read().trips - last.value('trips')),
    retry_attempts: metrics.value('retries'),
    avg_response_time_ms: count === 0 ? null : sumMs / count,
  };
}

/** Counts from nothing again. What waits in the outbox goes on waiting, and is counted. */
export function resetSinkErrorMetrics(
  { database, delivery }: SinkSources,
  sink: string,
  now: number,
): void {
  delivery.transaction(() => {
    delivery.metrics.reset();
    const last = lastReset(database, sink);
    last.reset();
    last.add('at', now);
    // The breaker goes on counting its trips: they are its history.
    last.add('trips', delivery.breaker.read().trips);
  });
}

/** The runbook's: of the server, and of the cache of its answers. */
export function readErrorMetrics(sources: ErrorMetricsSources): ErrorMetrics {
  return {
    ...readSinkErrorMetrics(sources, MAIN_SINK.name),
    cache_hit_rate: sources.cache.hitRate,
  };
}

export function resetErrorMetrics(sources: ErrorMetricsSources, now: number): void {
  resetSinkErrorMetrics(sources, MAIN_SINK.name, now);
  sources.cache.resetHitRate();
}

// --- internal ---

/** When a sink's metrics were last reset, and how many trips there had been. */
function lastReset(database: Database, sink: string): Metrics<'at' | 'trips'> {
  return new Metrics(database, sink === MAIN_SINK.name ? 'reset' : `reset_${sink}`);
}
