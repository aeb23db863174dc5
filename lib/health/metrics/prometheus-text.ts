import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LatencyHistogram } from '../../delivery/store/metrics.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import type { DeliveryMetrics, SinkMetrics } from './sink-metrics.ts';

/** Whether what a rule of alerts is about is there, as a sample. */
export interface AlertSample {
  readonly rule: string;
  readonly level: string;
  readonly isOn: boolean;
}

/**
 * The metrics in the text format of Prometheus: one series per sink, with its name as a label.
 *
 * @param metrics has the hit rate of the cache, and without `sinks` also the metrics of the server
 * @param alerts what each rule of alerts says
 */
export async function prometheusText(
  metrics: DeliveryMetrics,
  sinks: readonly SinkMetrics[] = [{ sink: MAIN_SINK.name, ...metrics }],
  alerts: readonly AlertSample[] = [],
): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['sink'];
  for (const [name, help, valueOf] of COUNTERS) {
    const counter = new Counter({ name: `${PREFIX}_${name}`, help, labelNames, registers });
    for (const of of sinks) counter.inc({ sink: of.sink }, valueOf(of));
  }
  for (const [name, help, valueOf] of GAUGES) {
    const known = sinks.filter((of) => valueOf(of) !== null);
    if (known.length === 0) continue;
    const gauge = new Gauge({ name: `${PREFIX}_${name}`, help, labelNames, registers });
    for (const of of known) gauge.set({ sink: of.sink }, valueOf(of) ?? 0);
  }
  const { cache_hit_rate: cacheHitRate } = metrics;
  if (cacheHitRate !== null) {
    const help = 'Queries answered from the cache';
    new Gauge({ name: `${PREFIX}_cache_hit_ratio`, help, registers }).set(cacheHitRate);
  }
  if (alerts.length > 0) {
    const gauge = new Gauge({
      name: `${PREFIX}_alert`,
      help: 'Whether what a rule of alerts is about is there',
      labelNames: ['rule', 'level'],
      registers,
    });
    for (const { rule, level, isOn } of alerts) gauge.set({ rule, level }, isOn ? 1 : 0);
  }
  await addLatencies(registry, sinks);
  return registry.metrics();
}

// --- internal ---

const PREFIX = 'claude_pattern_tracker';

type Family<Value> = readonly [name: string, help: string, valueOf: (of: SinkMetrics) => Value];

const COUNTERS: readonly Family<number>[] = [
  ['events_delivered_total', 'Events the sink has acknowledged', (of) => of.successful_requests],
  ['events_dropped_total', 'Events that were removed by hand', (of) => of.dropped_events],
  ['event_retries_total', 'Attempts of events beyond the first', (of) => of.retry_attempts],
  ['http_requests_total', 'Requests to the sink', (of) => of.http_requests],
  ['http_request_failures_total', 'Requests that the sink failed', (of) => of.http_failures],
  [
    'breaker_trips_total',
    'Outages for which the circuit breaker opened',
    (of) => of.circuit_breaker_trips,
  ],
];

const GAUGES: readonly Family<number | null>[] = [
  ['events_waiting', 'Events in the outbox', (of) => of.cached_events],
  ['events_failing', 'Events attempted and not acknowledged', (of) => of.failed_requests],
  ['dead_letters', 'Events the sink has refused', (of) => of.dead_letters],
  ['success_ratio', 'Delivered of attempted events', (of) => of.success_rate],
];

async function addLatencies(registry: Registry, sinks: readonly SinkMetrics[]): Promise<void> {
  const bounds = sinks.flatMap(({ latency }) => latency.buckets.map(({ upToMs }) => upToMs));
  const histogram = new Histogram({
    name: `${PREFIX}_http_request_seconds`,
    help: 'How long requests to the sink took',
    labelNames: ['sink'],
    buckets: [...new Set(bounds)].flatMap((upToMs) => (upToMs === null ? [] : [upToMs / 1000])),
    registers: [registry],
  });
  for (const { sink } of sinks) histogram.zero({ sink });
  const empty = await histogram.get();
  const latencies = new Map(sinks.map(({ sink, latency }) => [sink, latency]));
  // prom-client cannot set the counts of a histogram, so those of all processes come in where it is read.
  Object.assign(histogram, {
    getForPromString: undefined,
    get: async () => ({
      ...empty,
      values: empty.values.map((value) => ({
        ...value,
        value: persisted(latencies.get(String(value.labels['sink'])), value),
      })),
    }),
  });
}

/** The stored number for one line of a histogram, whose buckets are cumulative. */
function persisted(
  { buckets, count, sumMs }: LatencyHistogram = NO_LATENCY,
  {
    metricName,
    labels,
  }: { readonly metricName?: string; readonly labels: Partial<Record<string, string | number>> },
): number {
  if (metricName?.endsWith('_sum')) return sumMs / 1000;
  if (metricName?.endsWith('_count')) return count;
  const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']) * 1000;
  return buckets
    .filter(({ upToMs }) => (upToMs ?? Infinity) <= bound)
    .reduce((total, bucket) => total + bucket.count, 0);
}

const NO_LATENCY: LatencyHistogram = { buckets: [], count: 0, sumMs: 0 };
