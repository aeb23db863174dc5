import type { ErrorMetrics } from '../contract/error-metrics.ts';
import type { Database } from '../store/database.ts';
import type { LatencyHistogram } from '../store/metrics.ts';
import { Metrics } from '../store/metrics.ts';
import { HTTP_SINK } from '../store/outbox.ts';
import { outboxTotals } from '../store/queries/outbox-totals.ts';
import type { Sink } from '../tracker/delivery/delivery-policy.ts';
import type { DeliverySide } from './delivery-database.ts';

/** How delivery to one sink goes, as `pattern-tracker metrics` shows it. */
export interface SinkMetrics extends Omit<ErrorMetrics, 'cache_hit_rate'> {
  readonly sink: string;
  readonly dead_letters: number;
  readonly dropped_events: number;
  readonly http_requests: number;
  readonly http_failures: number;
  readonly latency: LatencyHistogram;
}

/** Those of one sink, and how often the cache answers, which is about none. */
export interface DeliveryMetrics extends Omit<SinkMetrics, 'sink'>, ErrorMetrics {}

/** What there is to say of a sink while nothing was recorded. */
export function noMetrics({ name }: Sink): SinkMetrics {
  return {
    sink: name,
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

/** How delivery to a sink has gone since the last reset. */
export function readSinkMetrics({ database, storeOf }: DeliverySide, sink: Sink): SinkMetrics {
  const { metrics, breaker } = storeOf(sink);
  const last = lastReset(database, sink);
  const { failed } = outboxTotals(database, sink.name, last.value('at'));
  const { waiting, dead } = outboxTotals(database, sink.name);
  const successful = metrics.value('delivered');
  const total = successful + failed;
  const latency = metrics.latency();
  return {
    sink: sink.name,
    total_requests: total,
    successful_requests: successful,
    failed_requests: failed,
    success_rate: total === 0 ? null : successful / total,
    cached_events: waiting,
    circuit_breaker_trips: Math.max(0, breaker.read().trips - last.value('trips')),
    retry_attempts: metrics.value('retries'),
    avg_response_time_ms: latency.count === 0 ? null : latency.sumMs / latency.count,
    dead_letters: dead,
    dropped_events: metrics.value('dropped'),
    http_requests: metrics.value('requests'),
    http_failures: metrics.value('request_failures'),
    latency,
  };
}

/** Counts from nothing again. What waits in the outbox goes on waiting, and is counted. */
export function resetSinkMetrics(side: DeliverySide, sink: Sink, now: number): void {
  const store = side.storeOf(sink);
  store.transaction(() => {
    store.metrics.reset();
    const last = lastReset(side.database, sink);
    last.reset();
    last.add('at', now);
    // The breaker goes on counting its trips: they are its history.
    last.add('trips', store.breaker.read().trips);
  });
}

// --- internal ---

/** When a sink's metrics were last reset, and how many trips there had been; the server's as the library has it. */
function lastReset(database: Database, { name }: Sink): Metrics<'at' | 'trips'> {
  return new Metrics(database, name === HTTP_SINK ? 'reset' : `reset_${name}`);
}
