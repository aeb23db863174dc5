import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HttpFault } from '../../../lib/service/http/http-fault.ts';
import { IngestQueue } from '../../../lib/service/ingest/ingest-queue.ts';
import { StoreUnavailableError } from '../../../lib/service/store/store-unavailable-error.ts';
import type { TrackedEvent } from '../../../lib/service/store/rows/tracked-event.ts';
import { answerAll, deferred, stubStore } from '../stub-store.ts';

const event = (patternId: string) => ({ patternId, version: '1.0.0' }) as TrackedEvent;
const events = (count: number) => Array.from({ length: count }, (_, n) => event(`p${n}`));

afterEach(() => {
  vi.useRealTimers();
});

describe('the ingest queue', () => {
  it('writes what comes at the same time in one call, and answers each by itself', async () => {
    const store = stubStore(answerAll);
    const queue = new IngestQueue(store, { concurrency: 1 });
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((id) => queue.submit('t', [event(id)], 1)),
    );
    expect(store.calls).toHaveLength(1);
    expect(answers.map(([answer]) => answer?.kind === 'created' && answer.node.patternId)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(queue.events).toBe(0);
  });

  it('lets what comes meanwhile wait for the next call, in its order', async () => {
    const first = deferred<void>();
    const store = stubStore(async (given) => {
      if (given[0]?.patternId === 'a') await first.promise;
      return answerAll(given);
    });
    const queue = new IngestQueue(store, { concurrency: 1 });
    const a = queue.submit('t', [event('a')], 1);
    await turn();
    const rest = ['b', 'c'].map((id) => queue.submit('t', [event(id)], 1));
    await turn();
    expect(store.calls).toHaveLength(1);
    first.resolve();
    await Promise.all([a, ...rest]);
    expect(store.calls.map((call) => call.map(({ patternId }) => patternId))).toEqual([
      ['a'],
      ['b', 'c'],
    ]);
  });

  it('makes several calls at a time where the store can do with them, and keeps tenants apart', async () => {
    const gate = deferred<void>();
    const store = stubStore(async (given) => {
      await gate.promise;
      return answerAll(given);
    }, 'postgres');
    const queue = new IngestQueue(store, { concurrency: 4 });
    const pending = [];
    for (let n = 0; n < 6; n += 1) {
      pending.push(queue.submit('t', [event(`t${n}`)], 1));
      await turn();
      await turn();
    }
    pending.push(queue.submit('other', [event('o')], 1));
    await turn();
    await turn();
    expect(store.calls).toHaveLength(5); // four of `t`, one of `other`
    gate.resolve();
    await Promise.all(pending);
    expect(store.calls.at(-1)?.map(({ patternId }) => patternId)).toEqual(['t4', 't5']);
  });

  it('puts at most 1,000 events into a call', async () => {
    const store = stubStore(answerAll);
    const queue = new IngestQueue(store, { concurrency: 1 });
    await Promise.all([600, 300, 200, 1_000].map((count) => queue.submit('t', events(count), 1)));
    expect(store.calls.map(({ length }) => length)).toEqual([900, 200, 1_000]);
  });

  it('refuses with 503 what is more than its bounds, in events and in bytes', async () => {
    const gate = deferred<void>();
    const store = stubStore(async (given) => {
      await gate.promise;
      return answerAll(given);
    });
    const queue = new IngestQueue(store, { concurrency: 1, maxEvents: 3, maxBytes: 100 });
    const pending = [queue.submit('t', events(2), 10)];
    await expect(queue.submit('t', events(2), 10)).rejects.toMatchObject({
      status: 503,
      headers: { 'Retry-After': '1' },
    });
    await expect(queue.submit('u', events(1), 91)).rejects.toMatchObject({ status: 503 });
    pending.push(queue.submit('u', events(1), 90));
    expect(queue.events).toBe(3);
    gate.resolve();
    await Promise.all(pending);
  });

  it('answers 503 after 2 s, before its client gives up, and takes out only what was not begun', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const hanging = deferred<void>();
    const store = stubStore(async (given) => {
      if (given[0]?.patternId === 'begun') await hanging.promise;
      return answerAll(given);
    });
    const queue = new IngestQueue(store, { concurrency: 1 });
    const begun = queue.submit('t', [event('begun')], 1).catch((error: HttpFault) => error.status);
    await turn();
    const waiting = queue
      .submit('t', [event('waiting')], 1)
      .catch((error: HttpFault) => error.status);
    vi.advanceTimersByTime(1_999);
    expect(queue.events).toBe(2);
    vi.advanceTimersByTime(1);
    expect(await Promise.all([begun, waiting])).toEqual([503, 503]);
    expect(queue.events).toBe(1);
    hanging.resolve();
    await vi.waitFor(() => expect(queue.events).toBe(0));
    expect(store.calls).toHaveLength(1);
  });

  it('hands a store that is away on to all who wait', async () => {
    const store = stubStore(async () => {
      throw new StoreUnavailableError('gone');
    });
    const queue = new IngestQueue(store, { concurrency: 1 });
    const results = await Promise.allSettled([
      queue.submit('t', events(1), 1),
      queue.submit('t', events(1), 1),
    ]);
    expect(results.map((result) => result.status === 'rejected' && String(result.reason))).toEqual([
      'StoreUnavailableError: gone',
      'StoreUnavailableError: gone',
    ]);
    expect(store.calls).toHaveLength(1);
    expect(queue.events).toBe(0);
  });

  it('lets one request that the store can not take fail alone', async () => {
    const store = stubStore(async (given) => {
      if (given.some(({ patternId }) => patternId === 'poison')) throw new Error('no');
      return answerAll(given);
    });
    const queue = new IngestQueue(store, { concurrency: 1 });
    const results = await Promise.allSettled(
      ['a', 'poison', 'b'].map((id) => queue.submit('t', [event(id)], 1)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not take a call that left events unanswered for a success', async () => {
    const queue = new IngestQueue(
      stubStore(async () => []),
      { concurrency: 1 },
    );
    await expect(queue.submit('t', events(1), 1)).rejects.toThrow('unanswered');
  });
});
