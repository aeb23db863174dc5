import { afterEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import type { CollectorBehaviour } from '../support/otlp-collector.ts';
import { patience } from '../support/patience.ts';
import { payload, TrackerHome } from './tracker-home.ts';

let homes: TrackerHome[] = [];
let servers: { down(): Promise<void> }[] = [];

afterEach(async () => {
  for (const home of homes) await home.remove();
  for (const server of servers) await server.down();
  homes = [];
  servers = [];
});

async function makeCollector(): Promise<OtlpCollector> {
  const collector = await new OtlpCollector().up();
  servers.push(collector);
  return collector;
}

async function makeApi(): Promise<FaultyApi> {
  const api = await new FaultyApi().up();
  servers.push(api);
  return api;
}

/** For those that are late; others get so much time that no busy machine makes them late. In seconds. */
const SHORT = 0.5 * patience;

/** A home whose courier sends tool calls to `collector`, with short waits between attempts. */
function makeHome(collector: OtlpCollector, config = '', otlp = '', timeout = 60): TrackerHome {
  const home = new TrackerHome(
    `otlp: { endpoint: '${collector.url}'${otlp} }
pattern_tracking: { timeout: ${timeout} }
resilience:
  circuit_breaker: { recovery_timeout: 0.3, slow_call_seconds: 30, failure_threshold: 3 }
  retry: { base_delay: 0.05, max_delay: 0.2 }
${config}`,
  );
  homes.push(home);
  return home;
}

/** The events of the nth tool call. */
function events(n: number): string[] {
  const common = {
    tool_name: 'Write',
    tool_use_id: `toolu_${n}`,
    tool_input: { file_path: `/home/dev/project/${n}.ts`, content: `export const n = ${n};` },
  };
  return [
    payload({ ...common, hook_event_name: 'PreToolUse' }),
    payload({ ...common, hook_event_name: 'PostToolUse', tool_response: { type: 'create' } }),
  ];
}

/** Captures tool calls, and starts a courier. */
function capture(home: TrackerHome, from: number, to: number): string[] {
  const ids: string[] = [];
  for (let n = from; n < to; n++) {
    for (const [index, event] of events(n).entries()) {
      home.spool(`call-${String(n).padStart(4, '0')}-${index}.settings`, event);
    }
    ids.push(`toolu_${n}`);
  }
  home.capture(payload({ hook_event_name: 'SessionStart' }), 'ensure');
  return ids;
}

const idsOf = (taken: OtlpCollector['spans'] | OtlpCollector['logs']) =>
  taken.map(({ attributes }) => String(attributes['tool_use_id'])).toSorted();
const waiting = (home: TrackerHome, sink = 'otlp') =>
  home.value(`SELECT count(*) FROM outbox WHERE dead_at IS NULL AND sink = '${sink}'`);
const dead = (home: TrackerHome) =>
  home.value("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL AND sink = 'otlp'");
const phase = (home: TrackerHome, sink = 'otlp') =>
  home.value(`SELECT json_extract(state, '$.phase') FROM breakers WHERE sink = '${sink}'`);
const lastError = (home: TrackerHome) =>
  String(home.value("SELECT last_error FROM sinks WHERE sink = 'otlp'"));

/** Each call is there, as a span and as a log record, and each once. */
async function everyCallArrivesOnce(
  home: TrackerHome,
  collector: OtlpCollector,
  ids: readonly string[],
): Promise<void> {
  await expect
    .poll(() => [idsOf(collector.spans).length, idsOf(collector.logs).length, waiting(home)])
    .toEqual([ids.length, ids.length, 0]);
  expect(idsOf(collector.spans)).toEqual(ids.toSorted());
  expect(idsOf(collector.logs)).toEqual(ids.toSorted());
  expect(dead(home)).toBe(0);
}

describe('a courier with a collector', () => {
  it.each(['http/protobuf', 'http/json'])('sends every tool call once, by %s', async (protocol) => {
    const collector = await makeCollector();
    const home = makeHome(collector, '', `, protocol: ${protocol}, headers: api-key=secret`);
    const ids = capture(home, 0, 120);
    await everyCallArrivesOnce(home, collector, ids);
    expect(collector.spans[0]).toMatchObject({
      name: 'execute_tool Write',
      attributes: { 'gen_ai.conversation.id': 'session-1', outcome: 'ok' },
    });
    expect(collector.requests[0]?.headers['api-key']).toBe('secret');
    expect(
      home.value("SELECT value FROM metrics WHERE scope = 'otlp' AND name = 'delivered'"),
    ).toBe(120);
  });

  it('sends nothing that no file of the user names, whatever the environment says', async () => {
    const collector = await makeCollector();
    const home = makeHome(collector);
    home.configure('');
    home.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
    capture(home, 0, 2);
    await home.settled();
    expect([waiting(home), collector.requests]).toEqual([0, []]);
  });

  const outages: [name: string, behaviour: CollectorBehaviour, says: RegExp, timeout?: number][] = [
    ['answers 503', { kind: 'status', status: 503, body: 'too busy' }, /503: too busy/],
    ['answers 502', { kind: 'status', status: 502 }, /502/],
    ['answers 401', { kind: 'status', status: 401 }, /401/],
    ['answers 404', { kind: 'status', status: 404 }, /v1\/traces answers 404/],
    ['never answers', { kind: 'hang' }, /has not answered within/, SHORT],
  ];
  it.each(outages)('rides out one that %s', async (_, behaviour, says, timeout) => {
    const collector = await makeCollector();
    collector.behaviour = behaviour;
    const home = makeHome(collector, '', '', timeout);
    const ids = capture(home, 0, 4);
    await expect.poll(() => phase(home)).toBe('open');
    expect(lastError(home)).toMatch(says);
    collector.behaviour = { kind: 'well' };
    await everyCallArrivesOnce(home, collector, ids);
    await expect.poll(() => phase(home)).toBe('closed');
  });

  it('rides out one that is not there', async () => {
    const collector = await makeCollector();
    await collector.down();
    const home = makeHome(collector);
    const ids = capture(home, 0, 4);
    await expect.poll(() => phase(home)).toBe('open');
    await collector.up();
    await everyCallArrivesOnce(home, collector, ids);
  });

  it('waits as long as it is told', async () => {
    const collector = await makeCollector();
    collector.behaviour = { kind: 'status', status: 503, retryAfter: '1' };
    const home = makeHome(collector);
    const ids = capture(home, 0, 4);
    await expect.poll(() => collector.requests.length).toBe(1);
    const askedAt = Date.now();
    collector.behaviour = { kind: 'well' };
    await everyCallArrivesOnce(home, collector, ids);
    expect(Date.now() - askedAt).toBeGreaterThan(900);
  });

  it('sends only the log records again to one that takes no log records for a while', async () => {
    const collector = await makeCollector();
    collector.behaviour = { '/v1/logs': { kind: 'status', status: 503 } };
    const home = makeHome(collector);
    const ids = capture(home, 0, 4);
    await expect.poll(() => phase(home)).toBe('open');
    collector.behaviour = { kind: 'well' };
    await everyCallArrivesOnce(home, collector, ids);
  });

  it('finds the one that was refused where the collector does not say which', async () => {
    const collector = await makeCollector();
    const refuses = (id: string) => id === 'toolu_3';
    collector.behaviour = { kind: 'partial', refuses, message: 'too long' };
    const home = makeHome(collector);
    capture(home, 0, 10);
    await expect.poll(() => [waiting(home), dead(home)]).toEqual([0, 1]);
    expect(home.value('SELECT last_error FROM outbox')).toMatch(/refused it: too long$/);
    const taken = Array.from({ length: 10 }, (_, n) => `toolu_${n}`).filter((id) => !refuses(id));
    const spans = [...new Set(idsOf(collector.spans))].toSorted();
    expect([spans, idsOf(collector.logs)]).toEqual([taken, taken]);
  });

  it('finds the one call for which one refuses a whole request', async () => {
    const collector = await makeCollector();
    collector.behaviour = { kind: 'refuse', refuses: (id) => id === 'toolu_1' };
    const home = makeHome(collector);
    capture(home, 0, 3);
    await expect.poll(() => [waiting(home), dead(home)]).toEqual([0, 1]);
    const taken = ['toolu_0', 'toolu_2'];
    expect([idsOf(collector.spans), idsOf(collector.logs)]).toEqual([taken, taken]);
  });

  it('comes back to what a killed courier had not finished', async () => {
    const collector = await makeCollector();
    collector.behaviour = { kind: 'hang' };
    const home = makeHome(collector);
    const ids = capture(home, 0, 4);
    await expect.poll(() => collector.requests.length).toBeGreaterThan(0);
    await home.stop('SIGKILL');
    collector.behaviour = { kind: 'well' };
    home.capture(payload({ hook_event_name: 'SessionEnd' }), 'ensure');
    await everyCallArrivesOnce(home, collector, ids);
  });

  it('sends a call again after a cut, with the same ids', async () => {
    const collector = await makeCollector();
    collector.behaviour = { '/v1/traces': { kind: 'cut' } };
    const home = makeHome(collector);
    capture(home, 0, 1);
    await expect.poll(() => collector.spans.length).toBeGreaterThan(1);
    collector.behaviour = { kind: 'well' };
    await expect.poll(() => waiting(home)).toBe(0);
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(1);
    expect(idsOf(collector.logs)).toEqual(['toolu_0']);
  });
});

describe('a courier with a server and a collector', () => {
  const both = async (timeout?: number) => {
    const [collector, api] = await Promise.all([makeCollector(), makeApi()]);
    const home = makeHome(collector, `api: { base_url: '${api.url}' }`, '', timeout);
    return { collector, api, home };
  };

  it('sends patterns to the one and tool calls to the other', async () => {
    const { collector, api, home } = await both();
    const ids = capture(home, 0, 20);
    await everyCallArrivesOnce(home, collector, ids);
    await expect.poll(() => [api.events.size, waiting(home, 'http')]).toEqual([20, 0]);
  });

  it('goes on with the server while the collector does not answer', async () => {
    const { collector, api, home } = await both(SHORT);
    collector.behaviour = { kind: 'hang' };
    const ids = capture(home, 0, 20);
    await expect.poll(() => [api.events.size, waiting(home, 'http')]).toEqual([20, 0]);
    await expect.poll(() => phase(home)).toBe('open');
    expect([phase(home, 'http'), waiting(home)]).toEqual(['closed', 20]);
    collector.behaviour = { kind: 'well' };
    await everyCallArrivesOnce(home, collector, ids);
  });

  it('goes on with the collector while the server does not answer', async () => {
    const { collector, api, home } = await both(SHORT);
    api.behaviour = { kind: 'hang' };
    const ids = capture(home, 0, 20);
    await everyCallArrivesOnce(home, collector, ids);
    await expect.poll(() => phase(home, 'http')).toBe('open');
    expect([phase(home), waiting(home, 'http')]).toEqual(['closed', 20]);
  });
});
