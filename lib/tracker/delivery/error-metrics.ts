import type { ErrorMetrics } from '../../contract/error-metrics.ts';
import type { CacheStore } from '../../store/cache-store.ts';
import type { Database } from '../../store/database.ts';
import { Metrics } from '../../store/metrics.ts';
import { outboxTotals } from '../../store/queries/outbox-totals.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { HTTP_SINK } from '../../store/outbox.ts';

export interface ErrorMetricsSources {
  readonly database: Database;
  readonly delivery: Pick<DeliveryStore, 'breaker' | 'metrics' | 'transaction'>;
  readonly cache: CacheStore;
}

export function readErrorMetrics({ database, delivery, cache }: ErrorMetricsSources): ErrorMetrics {
  const { metrics, breaker } = delivery;
  const last = lastReset(database);
  const { waiting, failed } = outboxTotals(database, HTTP_SINK, last.value('at'));
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
    cache_hit_rate: cache.hitRate,
  };
}

/** Counts from nothing again. What waits in the outbox goes on waiting, and is counted. */
export function resetErrorMetrics(sources: ErrorMetricsSources, now: number): void {
  const { database, delivery, cache } = sources;
  delivery.transaction(() => {
    delivery.metrics.reset();
    cache.resetHitRate();
    const last = lastReset(database);
    last.reset();
    last.add('at', now);
    // The breaker goes on counting its trips: they are its history.
    last.add('trips', delivery.breaker.read().trips);
  });
}

// --- internal ---

/** When it was last reset, and how many trips there had been. */
function lastReset(database: Database): Metrics<'at' | 'trips'> {
  return new Metrics(database, 'reset');
}
