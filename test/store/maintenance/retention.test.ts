import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeAbandonedCalls, pruneChunk } from '../../../lib/store/maintenance/retention.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

const write = (n: number) => hook.write(`t${n}`, `/p/${n}.ts`, `const n = ${n};`);
const prune = () => {
  let chunks = 1;
  while (pruneChunk(store.database, NOW, 30)) chunks += 1;
  return chunks;
};
const payloads = () =>
  store.rows('SELECT payload IS NOT NULL AS kept FROM events ORDER BY id').map(({ kept }) => kept);

it('removes payloads past their days, and nothing that was derived from them', () => {
  store.arrive([
    { payload: write(1), at: NOW - 40 * DAY },
    { payload: write(2), at: NOW - 31 * DAY },
    { payload: write(3), at: NOW - 29 * DAY },
  ]);
  prune();
  expect(payloads()).toEqual([0, 0, 1]);
  expect(store.value('SELECT count(*) FROM patterns')).toBe(3);
  expect(store.value('SELECT count(*) FROM tool_calls')).toBe(3);
});

it('goes on where it stopped, in chunks, and passes over nothing that is not due yet', () => {
  store.arrive(
    Array.from({ length: 1_200 }, (_, n) => ({ payload: write(n), at: NOW - 40 * DAY + n })),
  );
  expect(prune()).toBe(3);
  store.arrive([
    { payload: write(5_000), at: NOW - 20 * DAY },
    { payload: write(5_001), at: NOW - 40 * DAY }, // an old spool file, taken late
  ]);
  prune();
  expect(payloads().slice(-3)).toEqual([0, 1, 1]);
  while (pruneChunk(store.database, NOW + 11 * DAY, 30));
  expect(payloads().slice(-3)).toEqual([0, 0, 0]);
});

it('forgets old sightings', () => {
  store.arrive([
    { payload: hook.event('Stop'), at: NOW - 31 * DAY },
    { payload: hook.event('Stop'), at: NOW - DAY },
  ]);
  prune();
  expect(store.value('SELECT count(*) FROM sightings')).toBe(1);
});

it('ends calls whose session has been silent for a day', () => {
  store.arrive([
    { payload: hook.pre('old', 'Bash', {}, { session_id: 's1' }), at: NOW - 2 * DAY },
    { payload: hook.pre('new', 'Bash', {}, { session_id: 's2' }), at: NOW - 1000 },
  ]);
  closeAbandonedCalls(store.database, NOW);
  expect(store.rows('SELECT tool_use_id AS id, outcome FROM tool_calls ORDER BY at')).toEqual([
    { id: 'old', outcome: 'interrupted' },
    { id: 'new', outcome: 'running' },
  ]);
});
