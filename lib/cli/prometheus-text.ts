import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LatencyHistogram } from '../store/metrics.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';

/** The text format of Prometheus. */
export async function prometheusText(metrics: DeliveryMetrics): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const prefix = 'claude_pattern_tracker';
  const counters = [
    ['events_delivered_total', 'Events the server has acknowledged', metrics.successful_requests],
    ['events_dropped_total', 'Events that were removed by hand', metrics.dropped_events],
    ['event_retries_total', 'Attempts of events beyond the first', metrics.retry_attempts],
    ['http_requests_total', 'Requests to the server', metrics.http_requests],
    ['http_request_failures_total', 'Requests that the server failed', metrics.http_failures],
    ['breaker_trips_total', 'Times the circuit breaker opened', metrics.circuit_breaker_trips],
  ] as const;
  for (const [name, help, value] of counters) {
    new Counter({ name: `${prefix}_${name}`, help, registers }).inc(value);
  }
  const gauges = [
    ['events_waiting', 'Events in the outbox', metrics.cached_events],
    ['events_failing', 'Events attempted and not acknowledged', metrics.failed_requests],
    ['dead_letters', 'Events the server has refused', metrics.dead_letters],
    ['success_ratio', 'Delivered of attempted events', metrics.success_rate],
    ['cache_hit_ratio', 'Queries answered from the cache', metrics.cache_hit_rate],
  ] as const;
  for (const [name, help, value] of gauges) {
    if (value !== null) new Gauge({ name: `${prefix}_${name}`, help, registers }).set(value);
  }
  const { latency } = metrics;
  const histogram = new Histogram({
    name: `${prefix}_http_request_seconds`,
    help: 'How long requests to the server took',
    buckets: latency.buckets.flatMap(({ upToMs }) => (upToMs === null ? [] : [upToMs / 1000])),
    registers,
  });
  const empty = await histogram.get();
  // A histogram can't be given what other processes have counted, but by the way it is read.
  Object.assign(histogram, {
    getForPromString: undefined,
    get: async () => ({
      ...empty,
      values: empty.values.map((value) => ({ ...value, value: persisted(latency, value) })),
    }),
  });
  return registry.metrics();
}

// --- internal ---

/** The number behind one line of a histogram; buckets are cumulative there. */
function persisted(
  { buckets, count, sumMs }: LatencyHistogram,
  {
    metricName,
    labels,
  }: { readonly metricName?: string; readonly labels: { le?: string | number } },
): number {
  if (metricName?.endsWith('_sum')) return sumMs / 1000;
  if (metricName?.endsWith('_count')) return count;
  const bound = labels.le === '+Inf' ? Infinity : Number(labels.le) * 1000;
  return buckets
    .filter(({ upToMs }) => (upToMs ?? Infinity) <= bound)
    .reduce((total, bucket) => total + bucket.count, 0);
}
