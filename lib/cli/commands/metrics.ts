import { setTimeout } from 'node:timers/promises';
import { loadConfig } from '../../config/config-file.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import { MAIN_SINK, SINKS } from '../../delivery/sinks.ts';
import { sinksInUse } from '../../delivery/sinks-in-use.ts';
import { withDelivery } from '../../health/delivery-side.ts';
import {
  noSinkMetrics,
  readSinkMetrics,
  resetSinkMetrics,
} from '../../health/metrics/sink-metrics.ts';
import type { SinkMetrics } from '../../health/metrics/sink-metrics.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { noSinkLine } from '../output/sink-text.ts';
import { painter } from '../listing/table.ts';
import { UsageError } from '../arguments/usage-error.ts';

const ACTIONS = ['show', 'reset'] as const;
/** One day. Node.js allows a timer of at most 24 days. */
const MAX_WATCH_SECONDS = 86_400;
const CLEAR_SCREEN = '\u001B[H\u001B[J';

/** `metrics`: shows or resets the metrics of delivery. */
export const metricsCommand = trackerCommand({
  name: 'metrics',
  summary: 'Show how delivery has gone, over all processes.',
  examples: [
    'pattern-tracker metrics --watch',
    'pattern-tracker metrics --prometheus > /var/lib/node_exporter/claude.prom',
    'pattern-tracker metrics reset',
  ],
  actions: {
    show: 'the numbers since the last reset',
    reset: 'count from zero again',
  },
  details: 'Delivery is what goes to the server and to the collector.',
  json: `{total_requests, successful_requests, failed_requests, success_rate, cached_events,
circuit_breaker_trips, retry_attempts, avg_response_time_ms, cache_hit_rate, dead_letters, dropped_events,
http_requests, http_failures, latency: {count, sum_ms, buckets: [{up_to_ms, count}]}} for the first sink,
and sinks: the same for each, without cache_hit_rate and with its name as sink. Rates are 0 to 1, and null
without data. total_requests counts events that were attempted, each once: successful_requests were
acknowledged, failed_requests wait for another attempt or are dead letters.`,
  args: {
    ...actionArg(ACTIONS),
    prometheus: { type: 'boolean', description: 'Print the text format of Prometheus' },
    watch: { type: 'string', valueHint: 'seconds=2', description: 'Repeat until Ctrl-C' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    if (actionOf(args.action, ACTIONS, 'metrics') === 'reset') {
      withDelivery(cli, configOf(cli), ({ database, storeOf, cache }) => {
        for (const sink of SINKS) {
          const delivery = storeOf(sink);
          resetSinkMetrics({ database, delivery }, cli.now());
        }
        cache.resetHitRate();
      });
      if (args.json) printJson(cli, { reset: true });
      else cli.out('The metrics count from 0 again. What waits still waits.\n');
      return;
    }
    const print = async () => {
      const shown = readMetrics(cli);
      const { sinks, cacheHitRate } = shown;
      const { sink: _, ...first } = sinks[0];
      const metrics = { ...first, cache_hit_rate: cacheHitRate };
      if (args.prometheus) {
        const [{ prometheusText }, { conditionsNow }, { alertSources }] = await Promise.all([
          import('../../health/metrics/prometheus-text.ts'),
          import('../../alerts/alert-watch.ts'),
          import('../alerts/alert-sources.ts'),
        ]);
        cli.out(await prometheusText(metrics, sinks, conditionsNow(alertSources(cli))));
      } else if (args.json) printJson(cli, { ...metrics, sinks });
      else cli.out(shownText(shown, cli));
    };
    if (args.watch === undefined) return print();
    const seconds = Number(args.watch);
    if (!(seconds >= 0.1 && seconds <= MAX_WATCH_SECONDS)) {
      const hint = `Expected seconds, 0.1 to ${MAX_WATCH_SECONDS}.`;
      throw new UsageError(`--watch is "${args.watch}"`, hint);
    }
    const signal = cli.interruption();
    while (!signal.aborted) {
      if (cli.isTTY) cli.out(CLEAR_SCREEN);
      await print();
      await setTimeout(seconds * 1000, undefined, { signal }).catch(() => {});
    }
  },
});

// --- internal ---

interface Shown {
  readonly sinks: readonly [SinkMetrics, ...SinkMetrics[]];
  readonly cacheHitRate: number | null;
  /** A line that says that no sink is configured; undefined when one is. */
  readonly missing: string | undefined;
}

function readMetrics(cli: CliEnvironment): Shown {
  const loaded = configOf(cli);
  const { config } = loaded;
  const read = withDelivery(cli, loaded, ({ database, sinks, storeOf, cache }) => ({
    sinks: sinks.map((sink) => readSinkMetrics({ database, delivery: storeOf(sink) }, sink.name)),
    cacheHitRate: cache.hitRate,
  }));
  const { sinks, cacheHitRate } = read ?? {
    sinks: sinksInUse(config).map(({ name }) => noSinkMetrics(name)),
    cacheHitRate: null,
  };
  const [first = noSinkMetrics(MAIN_SINK.name), ...others] = sinks;
  const missing = noSinkLine(SINKS, config, cli.paths);
  return { sinks: [first, ...others], cacheHitRate, missing };
}

function configOf(cli: CliEnvironment): LoadedConfig {
  return loadConfig(cli.paths, { env: cli.env });
}

/** The numbers; without a sink a line that says so, and the numbers only if there are any. */
function shownText({ sinks, cacheHitRate, missing = '' }: Shown, cli: CliEnvironment): string {
  const hasNumbers = sinks.some(
    (of) => of.total_requests + of.http_requests + of.cached_events + of.dead_letters > 0,
  );
  return missing && !hasNumbers ? missing : missing + text(sinks, cacheHitRate, cli);
}

/** One line per number, and with several sinks one column per sink. */
function text(sinks: Shown['sinks'], cacheHitRate: number | null, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const rows: [label: string, cell: (metrics: SinkMetrics) => string][] = [
    ['Attempted', ({ total_requests: total }) => `${number(total)} events`],
    ['Delivered', (of) => `${number(of.successful_requests)} (${percent(of.success_rate)})`],
    ['Failing', ({ failed_requests: failed }) => number(failed)],
    ['Waiting', ({ cached_events: waiting }) => number(waiting)],
    ['Dead letters', ({ dead_letters: dead }) => number(dead)],
    ['Dropped by hand', ({ dropped_events: dropped }) => number(dropped)],
    ['Retries', ({ retry_attempts: retries }) => number(retries)],
    ['Requests', (of) => `${number(of.http_requests)}, ${number(of.http_failures)} failed`],
    ['Response', ({ avg_response_time_ms: average }) => responseText(average)],
    ['Trips', (of) => `${number(of.circuit_breaker_trips)} of the circuit breaker`],
  ];
  if (sinks.length > 1) rows.unshift(['', ({ sink }) => sink]);
  const width = Math.max(...rows.flatMap(([, cell]) => sinks.map((of) => cell(of).length)));
  const lines = rows.map(([label, cell]): [string, string] => [
    label,
    sinks.map((of) => cell(of).padEnd(width)).join('  '),
  ]);
  return [...lines, ['Cache hits', percent(cacheHitRate)]]
    .map(([label = '', value = '']) => {
      return `${paint('bold', label.padEnd(12))}  ${value.trimEnd()}\n`;
    })
    .join('');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(rate: number | null): string {
  return rate === null ? 'no data yet' : `${(rate * 100).toFixed(1)} %`;
}

function responseText(average: number | null): string {
  return average === null ? 'no data yet' : `${average.toFixed(1)} ms on average`;
}
