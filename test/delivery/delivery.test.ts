import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database/database.ts';
import { openTestDatabase } from '../support/test-database.ts';
import type { Database } from '../../lib/store/database/database.ts';
import { deliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { Delivery } from '../../lib/delivery/delivery.ts';
import type { DrainLimits } from '../../lib/delivery/delivery.ts';
import type { Attempt, BatchOutcome, Delivered, RowBody } from '../../lib/delivery/sink-client.ts';

const POLICY = {
  failureThreshold: 5,
  recoveryTimeoutMs: 60_000,
  halfOpenAttempts: 3,
  permitMs: 30_000,
  slowCallMs: 60_000,
  slowCallRate: 1,
  minimumCalls: 1_000,
  windowCalls: 1_000,
};

/** A server that answers as it is told, and remembers what it took. */
class ScriptedApi {
  server = 'http://one.example/api';
  isClosed = false;
  readonly requests: string[][] = [];
  readonly taken: string[] = [];
  answer: (events: string[]) => Attempt<BatchOutcome> = (events) => items(events, () => accepted);

  async trackBatch(bodies: readonly RowBody[]): Promise<Attempt<BatchOutcome>> {
    return this.#reply(bodies.map(String));
  }

  async track(body: RowBody): Promise<Attempt<Delivered>> {
    const { outcome, ...rest } = this.#reply([String(body)]);
    if (outcome.kind === 'items') return { ...rest, outcome: outcome.items[0] ?? accepted };
    if (outcome.kind === 'unsupported') throw new Error('a single event is always supported');
    return { ...rest, outcome };
  }

  #reply(events: string[]): Attempt<BatchOutcome> {
    this.requests.push(events);
    const attempt = this.answer(events);
    if (attempt.outcome.kind === 'items') {
      const { items: answers } = attempt.outcome;
      this.taken.push(...events.filter((_, index) => answers[index]?.kind === 'accepted'));
    }
    return attempt;
  }
}

const accepted: Delivered = { kind: 'accepted' };
const rejected: Delivered = { kind: 'rejected', status: 400, message: 'no such parent' };
const retry: Delivered = { kind: 'retry', message: 'try later' };
const whole = (outcome: BatchOutcome, serverFault: boolean): Attempt<BatchOutcome> => ({
  outcome,
  latencyMs: 5,
  serverFault,
});
const items = (events: string[], answer: (event: string) => Delivered) =>
  whole({ kind: 'items', items: events.map(answer) }, false);
const down = () => whole({ kind: 'retry', message: 'connection refused' }, true);

let folder: string;
let database: Database;
let store: DeliveryStore;
let api: ScriptedApi;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
  now = 1_000_000;
  let permits = 0;
  const newId = () => String((permits += 1));
  store = deliveryStore(database, LINEAGE, { policy: POLICY, clock: () => now, newId });
  api = new ScriptedApi();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Adds events whose body and id are the same; the first letter is the lineage. */
function add(...events: string[]): void {
  for (const event of events) {
    const lineageId = event.charAt(0);
    const common = { eventType: 'pattern_created', sessionId: 's', patternId: event };
    store.outbox.add({ ...common, eventId: event, lineageId, body: event }, now);
  }
}

function addMerge(event: string, ...parents: string[]): void {
  const body = JSON.stringify({ parent_pattern_ids: parents });
  const common = { eventType: 'pattern_merged', sessionId: 's', patternId: event };
  store.outbox.add({ ...common, eventId: event, lineageId: event.charAt(0), body }, now);
}

function makeDelivery(batchRows = 3, random = () => 0.5, onTransition = () => {}): Delivery {
  return new Delivery({
    onTransition,
    store: () => store,
    client: api,
    clock: () => now,
    retry: { baseMs: 1_000, maxMs: 300_000, maxFaults: 3, random },
    batchRows,
    elapsed: () => now,
  });
}

const drain = (limits: DrainLimits = {}, delivery = makeDelivery()) =>
  delivery.drain(limits, new AbortController().signal);
const rows = () =>
  database
    .prepare(
      'SELECT event_id AS id, attempts, faults, not_before AS at, dead_at AS dead, last_error AS error FROM outbox ORDER BY outbox.id',
    )
    .all() as {
    id: string;
    attempts: number;
    faults: number;
    at: number;
    dead: number | null;
    error: string;
  }[];
const waiting = () => rows().flatMap(({ id, dead }) => (dead === null ? [id] : []));
const dead = () => rows().flatMap(({ id, dead: at }) => (at === null ? [] : [id]));

describe('a drain', () => {
  it('sends all in order, in batches, and forgets what was acknowledged', async () => {
    add('a', 'b', 'c', 'd');
    expect(await drain()).toMatchObject({ delivered: 4, dead: 0, failed: 0, end: 'empty' });
    expect(api.requests).toEqual([['a', 'b', 'c'], ['d']]);
    expect(rows()).toEqual([]);
    expect([store.metrics.value('delivered'), store.metrics.value('requests')]).toEqual([4, 2]);
    expect(store.metrics.latency()).toMatchObject({ count: 2, sumMs: 10 });
    expect(store.state.read().lastDeliveredAt).toBe(now);
  });

  it('stops at its limit', async () => {
    add('a', 'b', 'c', 'd');
    expect(await drain({ events: 2 })).toMatchObject({ delivered: 2, end: 'limit' });
    expect(waiting()).toEqual(['c', 'd']);
  });

  it('leaves the sink alone once the circuit opens, and says until when', async () => {
    api.answer = down;
    add(...Array.from({ length: 26 }, (_, n) => String.fromCharCode(97 + n)));
    expect(await drain({ early: true })).toEqual({
      delivered: 0,
      dead: 0,
      failed: 10, // 3, 3, 2, 1 and 1 in a request
      end: 'circuit_open',
      nextAt: now + POLICY.recoveryTimeoutMs,
      lastError: 'connection refused',
    });
    expect(api.requests).toHaveLength(POLICY.failureThreshold);
    expect(dead()).toEqual([]);
  });

  it('delivers everything in order within each lineage after an outage', async () => {
    const events = ['a1', 'b1', 'a2', 'c1', 'b2', 'a3', 'c2', 'd1'];
    api.answer = down;
    add(...events);
    await drain();
    api.answer = (sent) => items(sent, () => accepted);
    for (let round = 0; round < 10 && waiting().length > 0; round++) {
      now += 60_000;
      await drain();
    }
    expect(api.taken.toSorted()).toEqual(events.toSorted());
    for (const lineage of 'abc') {
      const sent = api.taken.filter((event) => event.startsWith(lineage));
      expect(sent).toEqual(sent.toSorted());
    }
  });

  it('makes dead letters of what is refused, with the words of the sink, and goes on', async () => {
    api.answer = (events) => items(events, (event) => (event === 'b' ? rejected : accepted));
    add('a', 'b', 'c', 'd');
    expect(await drain()).toMatchObject({ delivered: 3, dead: 1, failed: 0, end: 'empty' });
    expect(rows()).toMatchObject([{ id: 'b', dead: now, error: 'no such parent' }]);
  });

  it('keeps a child that is refused while its parent waits', async () => {
    api.answer = (events) =>
      items(events, (event) => (event === 'a1' ? retry : event === 'a2' ? rejected : accepted));
    add('a1', 'a2', 'b1');
    expect(await drain()).toMatchObject({ delivered: 1, dead: 0, failed: 2 });
    api.answer = (events) => items(events, () => accepted);
    now += 600_000;
    await drain();
    expect(api.taken).toEqual(['b1', 'a1', 'a2']);
  });

  it('sends one by one what is refused as a batch, so that one event spoils no other', async () => {
    api.answer = (events) => {
      if (events.includes('b')) return whole(rejected, false);
      return items(events, () => accepted);
    };
    add('a', 'b', 'c', 'd', 'e');
    expect(await drain()).toMatchObject({ delivered: 4, dead: 1 });
    expect(api.requests).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c'], ['d', 'e']]);
    expect(dead()).toEqual(['b']);
  });

  it('sends one by one to a sink that has no batches', async () => {
    api.answer = (events) =>
      events.length > 1 ? whole({ kind: 'unsupported' }, false) : items(events, () => accepted);
    add('a', 'b', 'c', 'd');
    const delivery = makeDelivery();
    expect(await drain({}, delivery)).toMatchObject({ delivered: 4, dead: 0 });
    expect(api.requests).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c'], ['d']]);
  });

  it('finds the event that brings its batches down, and gives it up', async () => {
    api.answer = (events) => (events.includes('p') ? down() : items(events, () => accepted));
    add('a', 'p', 'b');
    for (let round = 0; round < 12; round++) {
      await drain();
      now += 300_000;
      add(`x${round}`); // the sink is well otherwise
    }
    expect(api.taken).toEqual(expect.arrayContaining(['a', 'b']));
    expect(dead()).toEqual(['p']);
  });

  it('makes batches smaller after two without a reply, so that a large event keeps no other', async () => {
    const delivery = makeDelivery(8);
    api.answer = (events) => (events.includes('p') ? down() : items(events, () => accepted));
    add('a', 'b', 'c', 'd', 'e', 'f', 'g', 'p');
    const sizes: number[] = [];
    for (let round = 0; api.taken.length < 7 && round < 9; round++) {
      const before = api.requests.length;
      const { nextAt = now } = await drain({}, delivery);
      sizes.push(api.requests.length - before);
      now = nextAt;
    }
    expect(api.requests.slice(0, 3).map(({ length }) => length)).toEqual([8, 8, 4]);
    expect(api.taken).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(api.requests.length).toBeLessThan(12);
  });

  it('makes them whole again with each that has a reply', async () => {
    const delivery = makeDelivery(4);
    api.answer = down;
    add('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k');
    for (let round = 0; round < 3; round++) now = (await drain({}, delivery)).nextAt ?? now;
    api.answer = (events) => items(events, () => accepted);
    api.requests.length = 0;
    now += 300_000;
    await drain({}, delivery);
    expect(api.requests.map(({ length }) => length)).toEqual([1, 1, 2, 2, 4, 1]);
    expect(api.taken).toHaveLength(11);
  });

  it('gives nothing up for an outage, however long', async () => {
    api.answer = down;
    add('a', 'b', 'c');
    for (let round = 0; round < 100; round++) {
      await drain();
      now += 300_000;
    }
    expect(dead()).toEqual([]);
    expect(rows().map(({ faults }) => faults)).toEqual([0, 0, 0]);
  });

  it.each([401, 403, 404, 405, 407])(
    'keeps everything while the sink answers %d',
    async (status) => {
      api.answer = () => whole({ kind: 'rejected', status, message: 'no' }, false);
      add('a', 'b', 'c', 'd');
      await drain({ early: true }, makeDelivery(1));
      expect([dead(), waiting()]).toEqual([[], ['a', 'b', 'c', 'd']]);
      expect(store.breaker.read().consecutiveFailures).toBe(4);
    },
  );

  it('honours Retry-After, for its rows and for the sink', async () => {
    api.answer = () => whole({ kind: 'retry', message: 'busy', retryAfterMs: 90_000 }, false);
    add('a', 'b', 'c', 'd');
    expect(await drain()).toMatchObject({ failed: 3, end: 'waiting', nextAt: now + 90_000 });
    now += 89_000;
    expect(await drain()).toMatchObject({ failed: 0, end: 'waiting' });
    expect(api.requests).toHaveLength(1);
    now += 1_000;
    api.answer = (events) => items(events, () => accepted);
    expect(await drain()).toMatchObject({ delivered: 4, end: 'empty' });
  });

  it('believes no Retry-After of more than a day, and none of nothing', async () => {
    api.answer = () => whole({ kind: 'retry', message: 'busy', retryAfterMs: 1e12 }, false);
    add('a');
    expect(await drain()).toMatchObject({ end: 'waiting', nextAt: now + 86_400_000 });
    now -= 86_400_000; // the clock was set back: nothing is left alone until then
    api.answer = () => whole({ kind: 'retry', message: 'busy', retryAfterMs: 0 }, false);
    await drain({ early: true });
    expect(rows()[0]?.at).toBe(now + 1_000); // half of the second range of its own backoff
  });

  it('waits longer after each attempt, within bounds', async () => {
    api.answer = (events) => items(events, () => retry);
    add('a');
    const waits: number[] = [];
    for (let round = 0; round < 2; round++) {
      await drain({ early: true });
      waits.push((rows()[0]?.at ?? 0) - now);
    }
    expect(waits).toEqual([500, 1_000]); // half of the full jitter's range
  });

  it('probes an open circuit when forced, and closes it with a success', async () => {
    store.breaker.trip('drill');
    add('a', 'b', 'c', 'd');
    expect(await drain()).toMatchObject({ end: 'circuit_open', delivered: 0 });
    expect(await drain({ force: true })).toMatchObject({ end: 'empty', delivered: 4 });
    expect(store.breaker.read().phase).toBe('closed');
  });

  it('closes the circuit with fewer probes than asked for when nothing is left to probe with', async () => {
    store.breaker.trip('drill');
    now += POLICY.recoveryTimeoutMs;
    add('a');
    expect(await drain()).toMatchObject({ end: 'empty', delivered: 1 });
    expect(store.breaker.read()).toMatchObject({ phase: 'closed', trips: 1 });
    expect(store.breaker.history(1)).toMatchObject([
      { from: 'half_open', to: 'closed', reason: '1 probe succeeded' },
    ]);
  });

  it('leaves the circuit half open while something waits to probe with', async () => {
    store.breaker.trip('drill');
    now += POLICY.recoveryTimeoutMs;
    add('a', 'b');
    await drain({ events: 1 });
    expect(store.breaker.read()).toMatchObject({ phase: 'half_open', probesSucceeded: 1 });
  });

  it('sends no child after its parent has failed in the same drain, however early', async () => {
    api.answer = (events) => (events.includes('a1') ? down() : items(events, () => accepted));
    add('a1', 'b1', 'c1', 'a2', 'd1');
    expect(await drain({ early: true })).toMatchObject({ dead: 0 });
    expect(api.requests).toEqual([['a1', 'b1', 'c1'], ['d1']]);
    expect(waiting()).toContain('a2');
  });

  it('sends nothing more once it is aborted', async () => {
    const stop = new AbortController();
    api.answer = (events) => {
      stop.abort();
      return items(events, () => accepted);
    };
    add('a', 'b', 'c', 'd');
    const report = await makeDelivery().drain({}, stop.signal);
    expect(report).toMatchObject({ delivered: 3, end: 'aborted' });
    expect(waiting()).toEqual(['d']);
  });

  it('counts an attempt that was given up for neither side', async () => {
    const stop = new AbortController();
    api.answer = () => {
      stop.abort();
      return down();
    };
    add('a');
    expect(await makeDelivery().drain({}, stop.signal)).toMatchObject({
      end: 'aborted',
      failed: 0,
    });
    expect(rows()).toMatchObject([{ id: 'a', attempts: 0 }]);
    expect(store.breaker.read().consecutiveFailures).toBe(0);
  });

  it('sends no child of a merge that waits behind another lineage', async () => {
    api.answer = (events) => items(events, (event) => (event === 'a1' ? retry : accepted));
    add('a1', 'x1');
    await drain();
    addMerge('m1', 'a1', 'x1');
    add('m2', 'm3', 'x2');
    await drain();
    expect(api.taken).toEqual(['x1', 'x2']);
    api.answer = (events) => items(events, () => accepted);
    now += 600_000;
    await drain();
    expect(api.taken.slice(2)).toEqual(['a1', expect.stringContaining('parent'), 'm2', 'm3']);
  });

  it('sends with a session what its events build on, and nothing else', async () => {
    add('a1', 'b1', 'a2');
    database.prepare("UPDATE outbox SET session_id = 'other' WHERE event_id != 'a2'").run();
    expect(await drain({ sessionId: 's' })).toMatchObject({ delivered: 2, end: 'empty' });
    expect(api.taken).toEqual(['a1', 'a2']);
    expect(waiting()).toEqual(['b1']);
  });

  it('sends no event of a session whose parent fails, and says that it waits', async () => {
    add('a1', 'b1', 'a2');
    database.prepare("UPDATE outbox SET session_id = 'other' WHERE event_id != 'a2'").run();
    api.answer = () => whole({ kind: 'retry', message: 'down' }, true);
    const report = await drain({ sessionId: 's', early: true }, makeDelivery(1));
    expect(report).toMatchObject({ delivered: 0, dead: 0, failed: 1, end: 'waiting' });
    expect(api.requests).toEqual([['a1']]);
  });

  it('tries again what a clock that ran ahead has put off', async () => {
    api.answer = down;
    add('a', 'b');
    await drain();
    now -= 30 * 86_400_000;
    api.answer = (events) => items(events, () => accepted);
    expect(store.outbox.isDue(now)).toBe(true);
    expect(await drain()).toMatchObject({ delivered: 2, end: 'empty' });
  });

  it('is not asked again and again by a forced drain, which leaves no pause behind', async () => {
    api.answer = down;
    add(...Array.from({ length: 20 }, (_, n) => String.fromCharCode(97 + n)));
    store.breaker.trip('drill');
    const requests = api.requests.length;
    const report = await drain({ early: true, force: true }, makeDelivery());
    expect(report.end).toBe('circuit_open');
    expect(api.requests.length - requests).toBe(3);
    expect(store.state.pausedUntil(now)).toBeUndefined();
  });

  it.each([429, 503])(
    'takes %d for no fault of the events, although others go through',
    async (status) => {
      api.answer = (events) =>
        events.includes('a')
          ? whole({ kind: 'retry', status, message: 'busy' }, status >= 500)
          : items(events, () => accepted);
      for (let n = 0; n < 15; n++) {
        add('a');
        expect(await drain({ early: true, force: true })).toMatchObject({ dead: 0 });
        now += 600_000;
        add(`b${n}`);
        await drain({ early: true, force: true });
        now += 600_000;
      }
    },
  );

  it('takes no outage for the fault of events because a delivery before it lies ahead', async () => {
    api.answer = (events) => items(events, () => accepted);
    add('a');
    now += 3_600_000;
    await drain();
    now -= 3_600_000;
    api.answer = down;
    add('b');
    for (let n = 0; n < 15; n++) {
      expect(await drain({ early: true, force: true })).toMatchObject({ dead: 0, failed: 1 });
      now += 1_000;
    }
  });
});

describe('a request that fails', () => {
  const busy = (status: number) => () =>
    whole({ kind: 'retry', status, message: 'busy' }, status >= 500);
  const many = Array.from({ length: 12 }, (_, n) => String.fromCharCode(97 + n));

  it('has the sink left alone, longer after each', async () => {
    api.answer = busy(429);
    add(...many);
    const delivery = makeDelivery();
    const waits: number[] = [];
    for (let round = 0; round < 11; round++) {
      const { end, nextAt = 0 } = await drain({}, delivery);
      expect(end).toBe('waiting');
      waits.push(nextAt - now);
      expect(await drain({}, delivery)).toMatchObject({ failed: 0, nextAt });
      now = nextAt;
    }
    expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]); // half of the full jitter's range
    expect(waits.at(-1)).toBe(150_000);
    expect(api.requests).toHaveLength(11);
  });

  it('leaves the wait to the circuit once that is open', async () => {
    api.answer = busy(503);
    add(...many);
    const delivery = makeDelivery();
    const ends: string[] = [];
    for (let round = 0; round < 6; round++) {
      const { end, nextAt } = await drain({}, delivery);
      ends.push(end);
      now = nextAt ?? now;
    }
    expect(ends).toEqual([
      'waiting',
      'waiting',
      'waiting',
      'waiting',
      'circuit_open',
      'circuit_open',
    ]);
    expect(store.state.pausedUntil(now)).toBeUndefined();
  });

  it('comes again as the batch that it was', async () => {
    let draws = 0;
    const delivery = makeDelivery(3, () => ((draws += 1) % 7) / 7);
    api.answer = busy(503);
    add('a', 'b', 'c');
    for (let round = 0; round < 4; round++) now = (await drain({}, delivery)).nextAt ?? now;
    now += 300_000;
    await drain({}, delivery);
    expect(new Set(api.requests.map(({ length }) => length))).toEqual(new Set([3]));
    expect(new Set(rows().map(({ at }) => at)).size).toBe(1);
  });

  it('is no reason to wait after one that succeeds', async () => {
    api.answer = busy(429);
    add('a', 'b');
    const delivery = makeDelivery();
    await drain({}, delivery);
    api.answer = (events) => items(events, () => accepted);
    await drain({ early: true }, delivery);
    expect(store.state.pausedUntil(now)).toBeUndefined();
    add('c');
    api.answer = busy(429);
    expect(await drain({}, delivery)).toMatchObject({ nextAt: now + 500 });
  });

  it('ends an early drain if the sink asks to be left alone, and not for a pause from before', async () => {
    add(...many);
    store.state.pause(now + 60_000);
    api.answer = (events) =>
      events.includes('d')
        ? whole({ kind: 'retry', status: 503, message: 'busy', retryAfterMs: 7_000 }, true)
        : items(events, () => accepted);
    const report = await drain({ early: true });
    expect(report).toMatchObject({ delivered: 3, failed: 3, end: 'waiting', nextAt: now + 7_000 });
    expect(api.requests).toHaveLength(2);
    api.answer = busy(429);
    expect(await drain({ early: true })).toMatchObject({ failed: 3, end: 'waiting' });
    expect(api.requests).toHaveLength(3);
  });

  it('tells nothing of its events when each of a batch fails by the fault of the sink', async () => {
    api.answer = (events) => items(events, () => retry);
    add('a', 'b', 'c');
    const delivery = makeDelivery();
    for (let round = 0; round < 20; round++) now = (await drain({}, delivery)).nextAt ?? now;
    expect([dead(), waiting()]).toEqual([[], ['a', 'b', 'c']]);
  });
});

describe('batches', () => {
  it('are tried again some time after the sink has said that it has none', async () => {
    const delivery = makeDelivery();
    api.answer = () => whole({ kind: 'unsupported' }, false);
    const single = (events: string[]) => items(events, () => accepted);
    api.answer = (events) =>
      events.length > 1 ? whole({ kind: 'unsupported' }, false) : single(events);
    add('a', 'b');
    await drain({}, delivery);
    api.answer = single;
    add('c', 'd');
    await drain({}, delivery);
    now += 600_000;
    add('e', 'f');
    await drain({}, delivery);
    expect(api.requests).toEqual([['a', 'b'], ['a'], ['b'], ['c'], ['d'], ['e', 'f']]);
  });
});

describe('an event that always brings the sink down', () => {
  const poisoned = (events: string[]) =>
    events.includes('p') ? down() : items(events, () => accepted);

  it('does not keep a later one from being the probe', async () => {
    api.answer = poisoned;
    add('p');
    const delivery = makeDelivery();
    for (let round = 0; round < 40; round++) now = (await drain({}, delivery)).nextAt ?? now;
    expect([dead(), store.breaker.read().phase]).toEqual([[], 'open']);
    now += 400_000; // it is due, and before the others
    add('x', 'y', 'z');
    await drain({}, delivery);
    expect(api.taken).toEqual(['x', 'y', 'z']);
    expect(waiting()).toEqual(['p']);
  });

  it('is given up once enough others have gone through', async () => {
    api.answer = poisoned;
    add('p', 'a', 'b', 'c', 'd', 'e', 'f');
    const delivery = makeDelivery();
    const startedAt = now;
    for (let round = 0; round < 200 && waiting().length > 0; round++) {
      if (round % 5 === 4) add(`x${round}`);
      now = Math.max(now + 1_000, (await drain({}, delivery)).nextAt ?? now);
    }
    expect([dead(), waiting()]).toEqual([['p'], []]);
    expect(api.taken).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd', 'e', 'f']));
    expect(now - startedAt).toBeLessThan(3_600_000);
  });

  it('never has its children go before it while it is left out', async () => {
    api.answer = (events) => (events.includes('p1') ? down() : items(events, () => accepted));
    add('p1');
    const delivery = makeDelivery();
    for (let round = 0; round < 10; round++) now = (await drain({}, delivery)).nextAt ?? now;
    now += 400_000;
    add('p2', 'x1', 'p3');
    await drain({}, delivery);
    expect(api.taken).toEqual(['x1']);
  });
});

describe('what was answered and is not written yet', () => {
  it('is written when the drain ends by an error', async () => {
    add('a', 'b', 'c', 'd', 'e', 'f', 'g');
    api.answer = (events) => {
      if (events.includes('d')) throw new Error('out of memory');
      return items(events, () => accepted);
    };
    await expect(drain()).rejects.toThrow('out of memory');
    expect(waiting()).toEqual(['d', 'e', 'f', 'g']);
  });

  it('is written when the database was opened anew, and nothing to another one', async () => {
    const reopened = openDatabase(join(folder, 'tracker.db'));
    const fresh = openDatabase(join(folder, 'fresh.db'));
    for (const [place, leaves] of [
      [reopened, []],
      [fresh, ['A', 'B', 'C', 'D', 'E', 'F']],
    ] as const) {
      add('A', 'B', 'C', 'D', 'E', 'F');
      const open = store;
      const options = { policy: POLICY, clock: () => now, newId: () => '0' };
      api.answer = (events) => {
        if (events.includes('D')) store = deliveryStore(place, LINEAGE, options);
        return items(events, () => accepted);
      };
      expect(await drain()).toMatchObject({ end: 'waiting' });
      store = open;
      expect(waiting()).toEqual(leaves);
    }
    for (const other of [reopened, fresh]) other.close();
  });

  it('is written when the client is closed for another configuration', async () => {
    add('a', 'b', 'c', 'd', 'e', 'f', 'g');
    api.answer = (events) => {
      if (!events.includes('d')) return items(events, () => accepted);
      api.isClosed = true;
      return down();
    };
    expect(await drain()).toMatchObject({ delivered: 3, failed: 0, end: 'aborted' });
    expect(waiting()).toEqual(['d', 'e', 'f', 'g']);
    expect(store.breaker.read().consecutiveFailures).toBe(0);
  });

  it('sends nothing more once the client is closed', async () => {
    add('a', 'b', 'c', 'd');
    api.answer = (events) => {
      api.isClosed = true;
      return items(events, () => accepted);
    };
    expect(await drain()).toMatchObject({ delivered: 3, end: 'aborted' });
    expect(api.requests).toHaveLength(1);
  });
});
