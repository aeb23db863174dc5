import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configure, deliveryOf, fillOutbox, queue, queueCalls } from './delivery-sample.ts';
import { parsePrometheus } from './prometheus-parser.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const API = "api: { base_url: 'http://127.0.0.1:9' }\n";
const OTLP = "otlp: { endpoint: 'http://127.0.0.1:4318' }\n";

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

/** What a command prints for programs. */
async function json(argv: string): Promise<Record<string, unknown>> {
  return JSON.parse((await run(sample, `${argv} --json`)).out) as Record<string, unknown>;
}

/** The names of the sinks that a document has an entry of. */
function names(document: unknown): string[] {
  return (document as { sinks: { sink: string }[] }).sinks.map(({ sink }) => sink);
}

/** A circuit that is open, and what opened it. */
function trip(sink: string): void {
  deliveryOf(sample, sink).breaker.trip('drill');
}

describe.each([
  ['both', API + OTLP, ['http', 'otlp']],
  ['the server', API, ['http']],
  ['the collector', OTLP, ['otlp']],
  ['neither', '', ['http']],
])('with %s configured', (_, yaml, sinks) => {
  beforeEach(() => configure(sample, yaml));

  it.each(['empty', 'not there'])(
    'every command is about these, where the outbox is %s',
    async (state) => {
      if (state === 'empty') deliveryOf(sample);
      expect(names(await json('metrics'))).toEqual(sinks);
      expect(names(await json('breaker'))).toEqual(sinks);
      expect(names(await json('health'))).toEqual(sinks);
      expect(names((await json('status'))['delivery'])).toEqual(sinks);
      const families = parsePrometheus((await run(sample, 'metrics --prometheus')).out);
      const waiting = families.get('claude_pattern_tracker_events_waiting');
      expect(waiting?.samples.map(({ labels }) => labels['sink'])).toEqual(sinks);
    },
  );

  it('a sink that something is left for is not forgotten', async () => {
    queue(sample, 1);
    queueCalls(sample, 1);
    expect(names(await json('metrics'))).toEqual(['http', 'otlp']);
    expect(names((await json('status'))['delivery'])).toEqual(['http', 'otlp']);
  });
});

describe('status', () => {
  const lines = async () =>
    (await run(sample, 'status')).out
      .replace(/^[^]*?(?=^(?:Server|Collector) )/m, '')
      .replace(/^Log .*\n/m, '');

  it('shows one below the other', async () => {
    configure(sample, API + OTLP);
    fillOutbox(sample);
    queueCalls(sample, 2);
    deliveryOf(sample, 'otlp').state.noteError('it answered 503', NOW - MINUTE);
    deliveryOf(sample, 'otlp').metrics.add('delivered', 4);
    trip('otlp');
    expect(await lines()).toMatchInlineSnapshot(`
      "Server      http://127.0.0.1:9
      Delivered   0 events
      Outbox      2 events waiting, the oldest from 59 min ago
      Refused     1 event by the server
                  See \`pattern-tracker outbox list --dead\`.
      Collector   http://127.0.0.1:4318
      Delivered   4 events
      Outbox      2 events waiting, the oldest from 29 min ago
                  it answered 503
      Circuit     open: drill
      "
    `);
  });

  it('says of a collector alone nothing of a server', async () => {
    configure(sample, OTLP);
    deliveryOf(sample);
    expect(await lines()).toMatchInlineSnapshot(`
      "Collector   http://127.0.0.1:4318
      Delivered   0 events
      "
    `);
    expect(await json('status')).toMatchObject({
      delivery: { base_url: null, sinks: [{ sink: 'otlp', address: 'http://127.0.0.1:4318' }] },
    });
  });
});

describe('metrics', () => {
  it('have a column for each, in the table', async () => {
    configure(sample, API + OTLP);
    fillOutbox(sample);
    queueCalls(sample, 3);
    const { metrics } = deliveryOf(sample, 'otlp');
    metrics.add('delivered', 1_200);
    metrics.add('requests', 30);
    metrics.observeLatency(40);
    expect((await run(sample, 'metrics')).out).toMatchInlineSnapshot(`
      "              http                      otlp
      Attempted     2 events                  1,200 events
      Delivered     0 (0.0 %)                 1,200 (100.0 %)
      Failing       2                         0
      Waiting       2                         3
      Dead letters  1                         0
      Dropped by hand  0                         0
      Retries       0                         0
      Requests      0, 0 failed               30, 0 failed
      Response      no data yet               40.0 ms on average
      Trips         0 of the circuit breaker  0 of the circuit breaker
      Cache hits    no data yet
      "
    `);
  });

  it('are those of the collector, where there is no other', async () => {
    configure(sample, OTLP);
    queueCalls(sample, 3);
    expect(await json('metrics')).toMatchObject({
      cached_events: 3,
      sinks: [{ cached_events: 3 }],
    });
    expect((await run(sample, 'metrics')).out).toMatch(/^Attempted {5}0 events\n/);
  });

  it('have a series for each with its name, and a histogram each that adds up', async () => {
    configure(sample, API + OTLP);
    fillOutbox(sample);
    queueCalls(sample, 3);
    for (const ms of [3, 700]) deliveryOf(sample).metrics.observeLatency(ms);
    deliveryOf(sample, 'otlp').metrics.observeLatency(40);
    const families = parsePrometheus((await run(sample, 'metrics --prometheus')).out);
    const series = (name: string) =>
      families
        .get(`claude_pattern_tracker_${name}`)
        ?.samples.map(({ labels, value }) => [labels['sink'], value]);
    expect(series('events_waiting')).toEqual([
      ['http', 2],
      ['otlp', 3],
    ]);
    expect(series('dead_letters')).toEqual([
      ['http', 1],
      ['otlp', 0],
    ]);
    expect(series('success_ratio')).toEqual([['http', 0]]); // no data of the other
    const { samples = [] } = families.get('claude_pattern_tracker_http_request_seconds') ?? {};
    const counts = samples.filter(({ name }) => name.endsWith('_count'));
    expect(counts.map(({ labels, value }) => [labels['sink'], value])).toEqual([
      ['http', 2],
      ['otlp', 1],
    ]);
  });

  it('count from nothing again for both', async () => {
    configure(sample, API + OTLP);
    queueCalls(sample, 1);
    deliveryOf(sample).metrics.add('delivered', 2);
    deliveryOf(sample, 'otlp').metrics.add('delivered', 3);
    trip('otlp');
    await run(sample, 'metrics reset');
    expect(await json('metrics')).toMatchObject({
      sinks: [
        { successful_requests: 0 },
        { successful_requests: 0, circuit_breaker_trips: 0, cached_events: 1 },
      ],
    });
  });
});

describe('breaker', () => {
  beforeEach(() => {
    configure(sample, API + OTLP);
    deliveryOf(sample);
  });

  const phases = async () =>
    ((await json('breaker'))['sinks'] as { state: string }[]).map(({ state }) => state);

  it('shows both, each under its name', async () => {
    trip('otlp');
    expect((await run(sample, 'breaker')).out).toMatchInlineSnapshot(`
      "http, http://127.0.0.1:9
      State     closed
      Failures  0 in a row, opens at 5
      Last      success never, failure never
      Opened    0 times

      otlp, http://127.0.0.1:4318
      State     open
      Reason    drill
      Probed    in 1 min
      Failures  0 in a row, opens at 5
      Last      success never, failure never
      Opened    1 time

      WHEN  FROM    TO    WHY
      now   closed  open  drill
      "
    `);
  });

  it('opens only the one that is named, for a drill is of one', async () => {
    expect(await run(sample, 'breaker trip')).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: there is more than one circuit\n  Give --sink http or otlp.\n',
    });
    expect(await phases()).toEqual(['closed', 'closed']);
    await run(sample, 'breaker trip --sink otlp');
    expect(await phases()).toEqual(['closed', 'open']);
  });

  it('needs no name where there is one', async () => {
    configure(sample, OTLP);
    expect((await run(sample, 'breaker trip')).out).toMatch(/^State {5}open\n/);
    expect(deliveryOf(sample, 'otlp').breaker.read().phase).toBe('open');
    expect(deliveryOf(sample).breaker.read().phase).toBe('closed');
  });

  it('closes both, or the one that is named', async () => {
    trip('http');
    trip('otlp');
    await run(sample, 'breaker reset --sink http');
    expect(await phases()).toEqual(['closed', 'open']);
    trip('http');
    await run(sample, 'breaker reset');
    expect(await phases()).toEqual(['closed', 'closed']);
  });

  it('shows the one that is named as it shows a single one', async () => {
    const shown = await json('breaker --sink otlp');
    expect(names(shown)).toEqual(['otlp']);
    expect((await run(sample, 'breaker --sink otlp')).out).toMatch(/^State {5}closed\n/);
  });
});
