import type { CacheStore } from '../../delivery/store/cache-store.ts';
import type { DeliveryStore } from '../../delivery/store/delivery-store.ts';
import { Metrics } from '../../delivery/store/metrics.ts';
import type { LatencyHistogram } from '../../delivery/store/metrics.ts';
import { outboxTotals } from '../../delivery/store/outbox-totals.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import type { Database } from '../../store/database/database.ts';
import type { ErrorMetrics } from './error-metrics.ts';

/** Where the metrics of one sink are kept. */
export interface SinkSources {
  readonly database: Database;
  readonly delivery: Pick<DeliveryStore, 'name' | 'breaker' | 'metrics' | 'transaction'>;
}

/** How delivery to one sink has gone since the last reset; the cache belongs to no sink. */
export type SinkErrorMetrics = Omit<ErrorMetrics, 'cache_hit_rate'>;

/** All that `pattern-tracker metrics` shows of one sink. */
export interface SinkMetrics extends SinkErrorMetrics {
  readonly sink: string;
  readonly dead_letters: number;
  readonly dropped_events: number;
  readonly http_requests: number;
  readonly http_failures: number;
  readonly latency: LatencyHistogram;
}

/** Metrics of one sink, plus the cache hit rate, which belongs to no sink. */
export interface DeliveryMetrics extends Omit<SinkMetrics, 'sink'>, ErrorMetrics {}

/** How delivery to a destination of `sink` has gone since the last reset. */
export function readSinkMetrics(sources: SinkSources, sink: string): SinkMetrics {
  const { metrics, name } = sources.delivery;
  return {
    sink,
    ...readSinkErrorMetrics(sources),
    dead_letters: outboxTotals(sources.database, name).dead,
    dropped_events: metrics.value('dropped'),
    http_requests: metrics.value('requests'),
    http_failures: metrics.value('request_failures'),
    latency: metrics.latency(),
  };
}

/** The metrics of a sink for which nothing was recorded. */
export function noSinkMetrics(sink: string): SinkMetrics {
  return {
    sink,
    total_requests: 0,
    successful_requests: 0,
    failed_requests: 0,
    success_rate: null,
    cached_events: 0,
    circuit_breaker_trips: 0,
    retry_attempts: 0,
    avg_response_time_ms: null,
    dead_letters: 0,
    dropped_events: 0,
    http_requests: 0,
    http_failures: 0,
    latency: { buckets: [], count: 0, sumMs: 0 },
  };
}

/**
 * Sets the metrics of a sink to 0. What waits in the outbox still waits, and is counted.
 *
 * @param now milliseconds since 1970
 */
export function resetSinkMetrics({ database, delivery }: SinkSources, now: number): void {
  delivery.transaction(() => {
    delivery.metrics.reset();
    const last = lastReset(database, delivery.name);
    last.reset();
    last.add('at', now);
    // The breaker goes on counting its trips: they are its history.
    last.add('trips', delivery.breaker.read().trips);
  });
}

/** The metrics of the server, and the hit rate of the cache of its answers. */
export function readErrorMetrics(
  sources: SinkSources & { readonly cache: CacheStore },
): ErrorMetrics {
  return {
    ...readSinkErrorMetrics(sources),
    cache_hit_rate: sources.cache.hitRate,
  };
}

/** Sets what {@link readErrorMetrics} returns to 0. `now`: milliseconds since 1970. */
export function resetErrorMetrics(
  sources: SinkSources & { readonly cache: CacheStore },
  now: number,
): void {
  resetSinkMetrics(sources, now);
  sources.cache.resetHitRate();
}

// --- internal ---

function readSinkErrorMetrics({ database, delivery }: SinkSources): SinkErrorMetrics {
  const { name, metrics, breaker } = delivery;
  const last = lastReset(database, name);
  const { waiting, failed } = outboxTotals(database, name, last.value('at'));
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

/** When a destination's metrics were last reset, and how many trips there had been. */
function lastReset(database: Database, destination: string): Metrics<'at' | 'trips'> {
  return new Metrics(database, destination === MAIN_SINK.name ? 'reset' : `reset_${destination}`);
}
