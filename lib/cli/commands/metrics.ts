import { setTimeout } from 'node:timers/promises';
import { outboxTotals } from '../../store/queries/outbox-totals.ts';
import { HTTP_SINK } from '../../store/outbox.ts';
import { readErrorMetrics, resetErrorMetrics } from '../../tracker/delivery/error-metrics.ts';
import { actionArg, actionOf } from '../action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { withDelivery } from '../delivery-database.ts';
import type { DeliverySide } from '../delivery-database.ts';
import type { DeliveryMetrics } from '../delivery-metrics.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../json-output.ts';
import { painter } from '../table.ts';
import { UsageError } from '../usage-error.ts';

const ACTIONS = ['show', 'reset'] as const;
/** A day; a timer takes 24 of them at most. */
const MAX_WATCH_SECONDS = 86_400;
const CLEAR_SCREEN = '\u001B[H\u001B[J';

export const metricsCommand = trackerCommand({
  name: 'metrics',
  description: `Show how delivery to the server goes, over all processes.

--json prints {total_requests, successful_requests, failed_requests, success_rate, cached_events,
circuit_breaker_trips, retry_attempts, avg_response_time_ms, cache_hit_rate, dead_letters,
dropped_events, http_requests, http_failures, latency: {count, sum_ms, buckets: [{up_to_ms, count}]}}.
Rates are 0 to 1, and null without data. total_requests counts events that were attempted, each once:
successful_requests were acknowledged, failed_requests wait for another attempt or are dead letters.

Examples
  pattern-tracker metrics --watch
  pattern-tracker metrics --prometheus > /var/lib/node_exporter/claude.prom
  pattern-tracker metrics reset`,
  args: {
    ...actionArg(ACTIONS),
    prometheus: { type: 'boolean', description: 'In the text format of Prometheus' },
    watch: { type: 'string', valueHint: 'seconds=2', description: 'Again and again, until Ctrl-C' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    if (actionOf(args.action, ACTIONS, 'metrics') === 'reset') {
      withDelivery(cli, (side) => resetErrorMetrics(sourcesOf(side), cli.now()));
      if (args.json) printJson(cli, { reset: true });
      else cli.out('The metrics count from nothing again. What waits goes on waiting.\n');
      return;
    }
    const print = async () => {
      const metrics = withDelivery(cli, readMetrics) ?? NO_METRICS;
      if (args.prometheus) {
        const { prometheusText } = await import('../prometheus-text.ts');
        cli.out(await prometheusText(metrics));
      } else if (args.json) printJson(cli, metrics);
      else cli.out(text(metrics, cli));
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

const NO_METRICS: DeliveryMetrics = {
  total_requests: 0,
  successful_requests: 0,
  failed_requests: 0,
  success_rate: null,
  cached_events: 0,
  circuit_breaker_trips: 0,
  retry_attempts: 0,
  avg_response_time_ms: null,
  cache_hit_rate: null,
  dead_letters: 0,
  dropped_events: 0,
  http_requests: 0,
  http_failures: 0,
  latency: { buckets: [], count: 0, sumMs: 0 },
};

function sourcesOf({ database, store, cache }: DeliverySide) {
  return { database, delivery: store, cache };
}

function readMetrics(side: DeliverySide): DeliveryMetrics {
  const { metrics } = side.store;
  return {
    ...readErrorMetrics(sourcesOf(side)),
    dead_letters: outboxTotals(side.database, HTTP_SINK).dead,
    dropped_events: metrics.value('dropped'),
    http_requests: metrics.value('requests'),
    http_failures: metrics.value('request_failures'),
    latency: metrics.latency(),
  };
}

function text(metrics: DeliveryMetrics, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const number = (value: number) => value.toLocaleString('en-US');
  const percent = (rate: number | null) =>
    rate === null ? 'no data yet' : `${(rate * 100).toFixed(1)} %`;
  const { avg_response_time_ms: average, http_requests: requests } = metrics;
  const lines = [
    ['Attempted', `${number(metrics.total_requests)} events`],
    ['Delivered', `${number(metrics.successful_requests)} (${percent(metrics.success_rate)})`],
    ['Failing', number(metrics.failed_requests)],
    ['Waiting', number(metrics.cached_events)],
    ['Dead letters', number(metrics.dead_letters)],
    ['Dropped', number(metrics.dropped_events)],
    ['Retries', number(metrics.retry_attempts)],
    ['Requests', `${number(requests)}, ${number(metrics.http_failures)} failed`],
    ['Response', average === null ? 'no data yet' : `${average.toFixed(1)} ms on average`],
    ['Trips', `${number(metrics.circuit_breaker_trips)} of the circuit breaker`],
    ['Cache hits', percent(metrics.cache_hit_rate)],
  ] as const;
  return lines.map(([label, value]) => `${paint('bold', label.padEnd(12))}  ${value}\n`).join('');
}
