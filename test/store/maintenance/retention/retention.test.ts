import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWiped } from '../../../../lib/store/database/meta.ts';
import { Sqlite } from '../../../../lib/store/database/sqlite.ts';
import { closeAbandonedCalls } from '../../../../lib/store/maintenance/retention/abandoned-calls.ts';
import { RetentionPass } from '../../../../lib/store/maintenance/retention/retention-pass.ts';
import { SizeBound } from '../../../../lib/store/maintenance/retention/size-bound.ts';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { isRewriteDue, tidy, wipe } from '../../../../lib/store/maintenance/wipe.ts';
import { usedBytes } from '../../../../lib/store/database/used-bytes.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

const write = (n: number) => hook.write(`t${n}`, `/p/${n}.ts`, `const n = ${n};`);
/** One pass, as an hour's upkeep makes it; returns what it removed. */
const pass = (now = NOW, days: { raw_events_days?: number; patterns_days?: number } = {}) => {
  const one = new RetentionPass(store.database, {
    now,
    raw_events_days: 30,
    patterns_days: null,
    ...days,
  });
  let chunks = 1;
  while (one.chunk()) chunks += 1;
  return { ...one.removed, chunks, isCut: one.isCut };
};
/** Passes until nothing is due. A hook has just brought an event, so that the time is credible. */
const prune = (now = NOW) => {
  store.arrive([{ payload: hook.event('SessionStart', { session_id: 'now' }), at: now }]);
  for (let removed = 1; removed > 0;) {
    const { payloads: gone, sightings } = pass(now);
    removed = gone + sightings;
  }
};
const payloads = () =>
  store
    .rows("SELECT payload IS NOT NULL AS kept FROM events WHERE name != 'SessionStart' ORDER BY id")
    .map(({ kept }) => kept);

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
    Array.from({ length: 4_800 }, (_, n) => ({
      payload: hook.event('Stop'),
      at: NOW - 40 * DAY + n,
    })),
  );
  store.arrive([{ payload: hook.event('SessionStart'), at: NOW }]);
  expect(pass()).toMatchObject({ payloads: 1_201, chunks: 3, isCut: true });
  prune();
  store.arrive([
    { payload: write(5_000), at: NOW - 20 * DAY },
    { payload: write(5_001), at: NOW - 40 * DAY }, // an old spool file, taken late
  ]);
  prune();
  expect(payloads().slice(-3)).toEqual([0, 1, 0]);
  prune(NOW + 11 * DAY);
  expect(payloads().slice(-3)).toEqual([0, 0, 0]);
});

describe('a clock that was wrong', () => {
  const FUTURE = Date.UTC(2099, 0);
  const age = (at: number) =>
    store.database.prepare('UPDATE events SET received_at = ? WHERE received_at = 1').run(at);

  it('has dated events that end no pruning, and that go with those around them', () => {
    store.arrive([{ payload: write(1), at: NOW - 40 * DAY }]);
    for (let n = 0; n < 3; n++) store.arrive([{ payload: write(10 + n), at: 1 }]);
    age(FUTURE); // as an earlier release has stored them
    store.arrive([
      { payload: write(2), at: NOW - 39 * DAY },
      { payload: write(3), at: NOW - DAY },
    ]);
    store.arrive([{ payload: write(20), at: 1 }]);
    age(FUTURE);
    prune();
    expect(payloads()).toEqual([0, 0, 0, 0, 0, 1, 1]);
    prune(NOW + 40 * DAY);
    expect(payloads()).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('and began in 1970 has dated events that stay until those stored after them go', () => {
    const now = Date.UTC(2025, 6, 1);
    store.arrive([
      { payload: write(1), at: 1 },
      { payload: write(2), at: now - DAY },
    ]);
    prune(now);
    expect(payloads().slice(0, 2)).toEqual([1, 1]);
    prune(now + 40 * DAY);
    expect(payloads().slice(0, 2)).toEqual([0, 0]);
  });

  it('dates no event later than it was taken', () => {
    store.arrive([{ payload: write(1), at: FUTURE }]);
    expect(Number(store.value('SELECT received_at FROM events'))).toBeLessThanOrEqual(Date.now());
  });

  it.each([4, 400, 40_000])(
    'removes nothing while it is %i days ahead of the last event',
    (days) => {
      store.arrive([
        { payload: write(1), at: NOW - 40 * DAY },
        { payload: write(2), at: NOW },
      ]);
      expect(pass(NOW + days * DAY, { raw_events_days: 1, patterns_days: 1 })).toEqual({
        payloads: 0,
        sightings: 0,
        patterns: 0,
        chunks: 1,
        isCut: false,
      });
    },
  );

  it('removes a quarter at most in a pass, also when the last event has its time', () => {
    store.arrive(Array.from({ length: 40 }, (_, n) => ({ payload: write(n), at: NOW + n })));
    store.arrive(
      Array.from({ length: 40 }, (_, n) => ({ payload: hook.event('Stop'), at: NOW + n })),
    );
    const ahead = NOW + 400 * DAY;
    store.arrive([{ payload: hook.event('SessionStart'), at: ahead }]);
    const removed = pass(ahead, { patterns_days: 90 });
    expect(removed).toMatchObject({ payloads: 21, sightings: 11, patterns: 10, isCut: true });
    expect(pass(NOW + DAY)).toMatchObject({ payloads: 0, sightings: 0, patterns: 0, isCut: false });
  });

  it.each([0, Date.UTC(2038, 0, 20), Date.UTC(2106, 1, 8)])('may have been set to %i', (at) => {
    store.arrive([{ payload: write(1), at: NOW }]);
    expect(pass(at)).toMatchObject({ payloads: 0, sightings: 0 });
    closeAbandonedCalls(store.database, at);
    expect(payloads()).toEqual([1]);
  });
});

it('forgets old sightings', () => {
  store.arrive([
    { payload: hook.event('Stop'), at: NOW - 31 * DAY },
    { payload: hook.event('Stop'), at: NOW - DAY },
  ]);
  prune();
  // One that is not due, and the one of the event that told the time.
  expect(store.value('SELECT count(*) FROM sightings')).toBe(2);
});

it('ends calls whose session has been silent for a day', () => {
  store.arrive([
    { payload: hook.pre('ancient', 'Bash', {}, { session_id: 's0' }), at: NOW - 99 * DAY },
    { payload: hook.pre('old', 'Bash', {}, { session_id: 's1' }), at: NOW - 2 * DAY },
    { payload: hook.pre('new', 'Bash', {}, { session_id: 's2' }), at: NOW - 1000 },
  ]);
  // s1 was heard of once while the clock was wrong.
  store.database.exec("UPDATE sessions SET last_event_at = 4102444800000 WHERE id = 's1'");
  closeAbandonedCalls(store.database, NOW);
  expect(store.rows('SELECT tool_use_id AS id, outcome FROM tool_calls ORDER BY at')).toEqual([
    { id: 'ancient', outcome: 'interrupted' },
    { id: 'old', outcome: 'interrupted' },
    { id: 'new', outcome: 'running' },
  ]);
});

it('removes patterns that were last written too long ago, and tells their descendants', () => {
  store.arrive([
    { payload: write(1), at: NOW - 40 * DAY },
    { payload: hook.edit('e1', '/p/1.ts', 'const n = 1;', 'const n = 11;'), at: NOW - 20 * DAY },
    { payload: write(2), at: NOW - 40 * DAY },
    { payload: hook.write('again', '/q/2.ts', 'const n = 2;'), at: NOW - DAY },
    { payload: write(3), at: NOW - 40 * DAY },
  ]);
  store.database.exec("DELETE FROM file_states WHERE file_path = '/p/2.ts'");
  for (let removed = 1; removed > 0;) removed = pass(NOW, { patterns_days: 30 }).patterns;
  expect(store.rows('SELECT code, generation, occurrences FROM patterns ORDER BY code')).toEqual([
    { code: 'const n = 11;', generation: 1, occurrences: 1 },
    { code: 'const n = 2;', generation: 1, occurrences: 2 },
  ]);
  expect(store.value("SELECT value FROM counters WHERE name = 'expired_patterns'")).toBe(2);
  // Of one file something is left, of the other one nothing.
  expect(store.rows('SELECT file_path AS path FROM file_states ORDER BY path')).toEqual([
    { path: '/p/1.ts' },
    { path: '/q/2.ts' },
  ]);
  expect(store.value("SELECT value FROM counters WHERE name = 'expired_states'")).toBe(1);
  expect(isRewriteDue(store.database, NOW)).toBe(true);
  expect(verifyDatabase(store.database.name).findings).toEqual([]);
});

describe('a bound on the size', () => {
  const code = (n: number) => `export const big${n} = \`${`text ${n} `.repeat(4_000)}\`;\n`;
  const kept = () =>
    store.rows<{ name: string }>('SELECT name FROM patterns ORDER BY name').map(({ name }) => name);
  const evicted = (what: string) =>
    Number(store.value(`SELECT value FROM counters WHERE name = 'evicted_${what}'`) ?? 0);
  const bound = (bytes: number) => {
    const size = new SizeBound(store.database, bytes);
    while (size.chunk());
    tidy(store.database);
    return usedBytes(store.database);
  };

  beforeEach(() => {
    const writes = Array.from({ length: 60 }, (_, n) => ({
      payload: hook.write(`t${n}`, `/p/${String(n).padStart(2, '0')}.ts`, code(n)),
      at: NOW - 60 * DAY + n * 1_000,
    }));
    store.arrive(writes);
    // One is written twice, and three are in files no longer.
    store.arrive([
      { payload: hook.write('again', '/p/00.ts', code(0)), at: NOW },
      ...[7, 8, 9].map((n) => ({
        payload: hook.write(`gone${n}`, `/p/0${n}.ts`, `const small = ${n};\n`),
        at: NOW + n,
      })),
    ]);
  });

  it('removes payloads before patterns, counts them, and makes the file smaller', () => {
    tidy(store.database);
    const before = statSync(store.database.name).size;
    const full = usedBytes(store.database);
    expect(bound(full - 8_000)).toBeLessThanOrEqual(full - 8_000);
    expect(kept()).toHaveLength(63);
    expect(store.rows("SELECT name, value FROM counters WHERE name LIKE 'evicted%'")).toEqual([
      { name: 'evicted_payloads', value: 64 },
    ]);
    expect(statSync(store.database.name).size).toBeLessThan(before);
    expect(new SizeBound(store.database, full).chunk()).toBe(false);
  });

  it('then removes those in no file, the oldest and the least used, and leaves a sound database', () => {
    bound(2_500_000);
    const full = usedBytes(store.database);
    bound(full - 60_000);
    expect(kept().filter((name) => name === '07.ts')).toHaveLength(1);
    expect(kept().length).toBeGreaterThan(59);
    expect(evicted('states')).toBe(0);
    bound(1_300_000);
    // The states of the files that were untouched for longest went, and then what stood in them.
    expect(kept().slice(0, 4)).toEqual(['00.ts', '07.ts', '08.ts', '09.ts']);
    expect(kept()).toContain('59.ts');
    expect(kept().length).toBeLessThan(60);
    expect(evicted('patterns')).toBe(63 - kept().length);
    expect(evicted('states')).toBeGreaterThan(0);
    expect(store.rows('SELECT file_path FROM file_states')).toContainEqual({
      file_path: '/p/59.ts',
    });
    expect(verifyDatabase(store.database.name).findings).toEqual([]);
  });

  it('ends when nothing is left to remove', () => {
    bound(1_000);
    expect(kept()).toEqual([]);
    expect(store.value('SELECT count(*) FROM file_states')).toBe(0);
    expect(store.value('SELECT count(*) FROM tool_calls')).toBe(64);
  });
});

describe('what was removed', () => {
  const secret = (n: number) => `correct-horse-${n}-battery-staple`;
  const inFiles = () =>
    ['', '-wal'].flatMap((suffix) => {
      const text = readFileSync(store.database.name + suffix, 'latin1');
      return [...text.matchAll(/correct-horse-\d+-battery/g)].map(([found]) => found);
    });
  /** As an earlier release stored them, so that their texts are found in the file's bytes. */
  const unpack = () => store.database.exec('UPDATE events SET payload = payload_text(payload)');
  const fill = () =>
    store.arrive(
      Array.from({ length: 300 }, (_, n) => ({
        payload: hook.event('UserPromptSubmit', {
          prompt: `${secret(n)} ${n % 10 === 0 ? 'x'.repeat(30_000) : ''} ${secret(n)}`,
        }),
        at: NOW - 40 * DAY + n,
      })),
    );

  it('is in neither the file nor its WAL, on pages of any kind', async () => {
    fill();
    unpack();
    store.database.pragma('wal_checkpoint(FULL)');
    expect(inFiles().length).toBeGreaterThan(300);
    prune();
    expect(await wipe(store.database, NOW)).toBe(true);
    expect(inFiles()).toEqual([]);
  });

  it('goes from a database that an earlier version has left it in', async () => {
    store.database.pragma('secure_delete = OFF');
    fill();
    unpack();
    prune();
    store.arrive([{ payload: write(1), at: NOW }]);
    store.database.exec("INSERT OR REPLACE INTO meta VALUES ('freed_pages_unwiped', 'yes')");
    store.database.pragma('secure_delete = ON');
    store.database.pragma('wal_checkpoint(TRUNCATE)');
    expect(inFiles().length).toBeGreaterThan(100);
    expect(await wipe(store.database, NOW)).toBe(true);
    expect(inFiles()).toEqual([]);
    expect(isWiped(store.database)).toBe(true);
    expect(store.value('SELECT count(*) FROM patterns')).toBe(1);
  });

  it('waits while another process reads it', async () => {
    fill();
    const reader = new Sqlite(store.database.name, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    prune();
    expect(await wipe(store.database, NOW)).toBe(false);
    reader.close();
    expect(await wipe(store.database, NOW)).toBe(true);
    expect(inFiles()).toEqual([]);
  });

  it('has the file rewritten once a day, and only if something was deleted', async () => {
    fill();
    expect(isRewriteDue(store.database, NOW)).toBe(false);
    prune();
    expect(isRewriteDue(store.database, NOW)).toBe(true);
    await wipe(store.database, NOW);
    expect(isRewriteDue(store.database, NOW + 2 * DAY)).toBe(false);
    store.arrive([
      { payload: hook.event('UserPromptSubmit', { prompt: 'x' }), at: NOW - 40 * DAY },
    ]);
    prune();
    expect(isRewriteDue(store.database, NOW + DAY - 1)).toBe(false);
    expect(isRewriteDue(store.database, NOW + DAY)).toBe(true);
  });
});
