import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { DeliveryMetrics } from '../../lib/health/metrics/sink-metrics.ts';
import { prometheusText } from '../../lib/health/metrics/prometheus-text.ts';
import { ROOT } from './deploy-files.ts';

/** Names of series the service exports, the defaults of prom-client among them. */
export async function serviceMetrics(): Promise<Set<string>> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // A monitor of the event loop is at work once it has been asked for the first time.
  const names = seriesOf(await registry.metrics());
  for (const { name, isHistogram } of ownMetrics()) {
    for (const suffix of isHistogram ? HISTOGRAM : ['']) names.add(name + suffix);
  }
  registry.clear();
  return names;
}

/** Names of series `pattern-tracker metrics --prometheus` prints. */
export async function machineMetrics(): Promise<Set<string>> {
  const metrics: DeliveryMetrics = {
    total_requests: 2,
    successful_requests: 1,
    failed_requests: 1,
    success_rate: 0.5,
    cached_events: 1,
    circuit_breaker_trips: 0,
    retry_attempts: 0,
    avg_response_time_ms: 1,
    cache_hit_rate: 0.5,
    dead_letters: 0,
    dropped_events: 0,
    http_requests: 2,
    http_failures: 1,
    latency: { buckets: [{ upToMs: 10, count: 2 }], count: 2, sumMs: 2 },
  };
  const alerts = [{ rule: 'disk', level: 'high', isOn: false }];
  return seriesOf(await prometheusText(metrics, undefined, alerts));
}

/** Names of series that a query of Prometheus reads. */
export function seriesIn(query: string): string[] {
  const bare = query
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
    .replaceAll(/\b(?:and|or|unless|offset|bool)\b/g, '');
  return [...bare.matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*\b(?!\s*\()/g)].map(([name]) => name);
}

/** Names of labels that a query looks at on one series: `[series, label]` each. */
export function labelsIn(query: string): [series: string, label: string][] {
  return [...query.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)].flatMap(
    ([, series = '', matchers = '']) =>
      [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']): [string, string] => [
        series,
        label,
      ]),
  );
}

// --- internal ---

const HISTOGRAM = ['_bucket', '_sum', '_count'];

/** What stands in lib/service; while there is nothing yet, what is agreed on. */
function ownMetrics(): { readonly name: string; readonly isHistogram: boolean }[] {
  const folder = join(ROOT, 'lib/service');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .filter((text) => text.includes("from 'prom-client'"))
    .flatMap((text) => [
      ...text.matchAll(/new (Counter|Gauge|Histogram|Summary)(?:<[^>]*>)?\(\{\s*name: '([\w:]+)'/g),
    ])
    .map(([, kind, name = '']) => ({ name, isHistogram: kind === 'Histogram' }));
  return found.length > 0 ? found : AGREED;
}

const AGREED = [
  { name: 'http_requests_total', isHistogram: false },
  { name: 'http_request_duration_seconds', isHistogram: true },
  { name: 'pattern_tracker_ingested_events_total', isHistogram: false },
  { name: 'pattern_tracker_ingest_queue_events', isHistogram: false },
  { name: 'pattern_tracker_store_up', isHistogram: false },
];

/** Every series that a text in Prometheus' format has, or is about to have. */
function seriesOf(text: string): Set<string> {
  const names = [...text.matchAll(/^([a-zA-Z_:][\w:]*)[{ ]/gm)].map(([, name = '']) => name);
  const histograms = [...text.matchAll(/^# TYPE (\S+) (?:histogram|summary)$/gm)];
  const more = histograms.flatMap(([, name = '']) => HISTOGRAM.map((suffix) => name + suffix));
  const typed = [...text.matchAll(/^# TYPE (\S+) (?:counter|gauge)$/gm)].map(
    ([, name = '']) => name,
  );
  return new Set([...names, ...more, ...typed]);
}
