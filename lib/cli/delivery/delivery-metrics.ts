import type { ErrorMetrics } from '../../health/error-metrics.ts';
import type { LatencyHistogram } from '../../delivery/store/metrics.ts';
import { outboxTotals } from '../../delivery/store/outbox-totals.ts';
import type { Sink } from '../../delivery/sink.ts';
import { readSinkErrorMetrics, resetSinkErrorMetrics } from '../../health/error-metrics-reader.ts';
import type { SinkErrorMetrics } from '../../health/error-metrics-reader.ts';
import type { DeliverySide } from './delivery-database.ts';

/** How delivery to one sink goes, as `pattern-tracker metrics` shows it. */
export interface SinkMetrics extends SinkErrorMetrics {
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
  const delivery = storeOf(sink);
  const { dead } = outboxTotals(database, sink.name);
  return {
    sink: sink.name,
    ...readSinkErrorMetrics({ database, delivery }, sink.name),
    dead_letters: dead,
    dropped_events: delivery.metrics.value('dropped'),
    http_requests: delivery.metrics.value('requests'),
    http_failures: delivery.metrics.value('request_failures'),
    latency: delivery.metrics.latency(),
  };
}

/** Counts from nothing again. What waits in the outbox goes on waiting, and is counted. */
export function resetSinkMetrics(side: DeliverySide, sink: Sink, now: number): void {
  const { database } = side;
  resetSinkErrorMetrics({ database, delivery: side.storeOf(sink) }, sink.name, now);
}
