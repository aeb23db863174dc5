import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheStore } from '../../lib/delivery/store/cache-store.ts';
import { configure, deliveryOf, fillOutbox, SERVER, TOKEN } from './delivery-sample.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { parsePrometheus } from './prometheus-parser.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  configure(sample, SERVER);
});
afterEach(() => sample.remove());

/** Three rows in the outbox, two of them attempted; six delivered in four requests, one failed. */
function fill(): void {
  fillOutbox(sample);
  const { metrics, breaker } = deliveryOf(sample);
  metrics.add('delivered', 6);
  metrics.add('dropped', 2);
  metrics.add('retries', 3);
  metrics.add('requests', 4);
  metrics.add('request_failures', 1);
  for (const ms of [3, 5, 40, 20_000]) metrics.observeLatency(ms);
  breaker.trip('drill');
  const cache = new CacheStore(sample.database, { size: 10, ttl: 60, clock: () => NOW });
  cache.set('a', '1');
  cache.get('a');
  cache.get('b');
}

const json = async (argv = '', overrides = {}) =>
  JSON.parse((await run(sample, `metrics ${argv} --json`, overrides)).out) as Record<
    string,
    unknown
  >;

describe('metrics', () => {
  it('shows how delivery goes', async () => {
    fill();
    const { exitCode, out } = await run(sample, 'metrics');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Attempted     8 events
      Delivered     6 (75.0 %)
      Failing       2
      Waiting       2
      Dead letters  1
      Dropped by hand  2
      Retries       3
      Requests      4, 1 failed
      Response      5012.0 ms on average
      Trips         1 of the circuit breaker
      Cache hits    50.0 %
      "
    `);
  });

  it('prints for programs the keys that it promises', async () => {
    fill();
    const metrics = await json();
    const { latency, sinks, ...numbers } = metrics;
    const { cache_hit_rate: _, ...first } = numbers;
    expect(sinks).toEqual([{ sink: 'http', ...first, latency }]);
    expect(numbers).toEqual({
      total_requests: 8,
      successful_requests: 6,
      failed_requests: 2,
      success_rate: 0.75,
      cached_events: 2,
      circuit_breaker_trips: 1,
      retry_attempts: 3,
      avg_response_time_ms: 5012,
      cache_hit_rate: 0.5,
      dead_letters: 1,
      dropped_events: 2,
      http_requests: 4,
      http_failures: 1,
    });
    expect(latency).toMatchObject({ count: 4, sum_ms: 20_048 });
    const { buckets } = latency as { buckets: { up_to_ms: number | null; count: number }[] };
    expect(buckets.filter(({ count }) => count > 0)).toEqual([
      { up_to_ms: 5, count: 2 },
      { up_to_ms: 50, count: 1 },
      { up_to_ms: null, count: 1 },
    ]);
  });

  it('has no data before anything was recorded, and makes no database', async () => {
    const { sinks, ...metrics } = await json();
    expect(sinks).toHaveLength(1);
    expect(metrics).toEqual({
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
      latency: { count: 0, sum_ms: 0, buckets: [] },
    });
    expect((await run(sample, 'metrics')).out).toContain('Response      no data yet\n');
    expect(existsSync(sample.paths.database)).toBe(false);
  });

  it('counts from nothing again, but for what waits', async () => {
    fill();
    expect((await run(sample, 'metrics reset', { now: () => NOW + MINUTE })).out).toBe(
      'The metrics count from 0 again. What waits still waits.\n',
    );
    expect(await json()).toMatchObject({
      total_requests: 0,
      successful_requests: 0,
      success_rate: null,
      cached_events: 2,
      dead_letters: 1,
      circuit_breaker_trips: 0,
      avg_response_time_ms: null,
      cache_hit_rate: null,
      http_requests: 0,
    });
    deliveryOf(sample).metrics.add('delivered');
    expect(await json()).toMatchObject({ successful_requests: 1, success_rate: 1 });
    expect(await json('reset')).toEqual({ reset: true });
  });

  it('prints again and again until it is interrupted', async () => {
    fill();
    const interrupt = new AbortController();
    let printed = 0;
    const running = run(sample, 'metrics --watch 0.1 --json', {
      interruption: () => interrupt.signal,
      out: () => {
        printed++;
        if (printed === 3) interrupt.abort();
      },
    });
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(printed).toBe(3);
  });

  it.each(['metrics --watch', 'metrics --watch --json'])(
    'has a pause of its own: %s',
    async (argv) => {
      fill();
      const interrupt = new AbortController();
      const out = () => interrupt.abort();
      const done = await run(sample, argv, { interruption: () => interrupt.signal, out });
      expect(done).toMatchObject({ exitCode: 0, err: '' });
    },
  );

  it.each(['never', '0', '-1', '0.01', 'NaN', 'Infinity', '1e9'])(
    'takes no pause of %s',
    async (pause) => {
      expect(await run(sample, `metrics --watch=${pause}`)).toEqual({
        exitCode: 2,
        out: '',
        err: `error: --watch is "${pause}"\n  Expected seconds, 0.1 to 86400.\n`,
      });
    },
  );

  it('prints no token', async () => {
    fill();
    writeFileSync(sample.paths.configFile, `api: { token: ${TOKEN} }\n`);
    for (const argv of ['', '--json', '--prometheus']) {
      const { out, err } = await run(sample, `metrics ${argv}`);
      expect(out + err).not.toContain(TOKEN);
    }
  });
});

describe('metrics --prometheus', () => {
  const PREFIX = 'claude_pattern_tracker';

  it('is the text format of Prometheus, with all that the table has', async () => {
    fill();
    const families = parsePrometheus((await run(sample, 'metrics --prometheus')).out);
    const values = [...families].flatMap(([name, { type, samples }]) =>
      type === 'histogram' || name === `${PREFIX}_alert`
        ? []
        : [[name.replace(`${PREFIX}_`, ''), type, samples[0]?.value]],
    );
    expect(families.get(`${PREFIX}_alert`)?.type).toBe('gauge');
    expect(values).toEqual([
      ['events_delivered_total', 'counter', 6],
      ['events_dropped_total', 'counter', 2],
      ['event_retries_total', 'counter', 3],
      ['http_requests_total', 'counter', 4],
      ['http_request_failures_total', 'counter', 1],
      ['breaker_trips_total', 'counter', 1],
      ['events_waiting', 'gauge', 2],
      ['events_failing', 'gauge', 2],
      ['dead_letters', 'gauge', 1],
      ['success_ratio', 'gauge', 0.75],
      ['cache_hit_ratio', 'gauge', 0.5],
    ]);
  });

  it('has a histogram whose buckets add up to its count', async () => {
    fill();
    const families = parsePrometheus((await run(sample, 'metrics --prometheus')).out);
    const samples = families.get(`${PREFIX}_http_request_seconds`)?.samples ?? [];
    const buckets = samples
      .filter(({ name }) => name.endsWith('_bucket'))
      .map(({ labels, value }) => [labels['le'], value]);
    expect(buckets).toEqual([
      ['0.005', 2],
      ['0.01', 2],
      ['0.025', 2],
      ['0.05', 3],
      ['0.1', 3],
      ['0.25', 3],
      ['0.5', 3],
      ['1', 3],
      ['2.5', 3],
      ['5', 3],
      ['10', 3],
      ['+Inf', 4],
    ]);
    const rest = samples.filter(({ name }) => !name.endsWith('_bucket'));
    expect(rest.map(({ name, value }) => [name.replace(/.*_/, ''), value])).toEqual([
      ['sum', 20.048],
      ['count', 4],
    ]);
  });

  it('leaves out rates that have no data', async () => {
    const families = parsePrometheus((await run(sample, 'metrics --prometheus')).out);
    expect(families.has(`${PREFIX}_success_ratio`)).toBe(false);
    expect(families.get(`${PREFIX}_events_waiting`)?.samples[0]?.value).toBe(0);
  });
});
