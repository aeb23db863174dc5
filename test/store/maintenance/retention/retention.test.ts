import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWiped } from '../../../../lib/store/database/meta.ts';
import { Sqlite } from '../../../../lib/store/database/sqlite.ts';
import {
  closeAbandonedCalls,
  expireChunk,
  pruneChunk,
} from '../../../../lib/store/maintenance/retention/retention.ts';
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

it('removes patterns that were last written too long ago, and tells their descendants', () => {
  store.arrive([
    { payload: write(1), at: NOW - 40 * DAY },
    { payload: hook.edit('e1', '/p/1.ts', 'const n = 1;', 'const n = 11;'), at: NOW - 20 * DAY },
    { payload: write(2), at: NOW - 40 * DAY },
    { payload: hook.write('again', '/q/2.ts', 'const n = 2;'), at: NOW - DAY },
    { payload: write(3), at: NOW - 40 * DAY },
  ]);
  store.database.exec("DELETE FROM file_states WHERE file_path = '/p/2.ts'");
  expect(expireChunk(store.database, NOW, 30)).toBe(false);
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
    expect(bound(full - 200_000)).toBeLessThanOrEqual(full - 200_000);
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
    store.database.pragma('wal_checkpoint(FULL)');
    expect(inFiles().length).toBeGreaterThan(300);
    prune();
    expect(await wipe(store.database, NOW)).toBe(true);
    expect(inFiles()).toEqual([]);
  });

  it('goes from a database that an earlier version has left it in', async () => {
    store.database.pragma('secure_delete = OFF');
    fill();
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
