import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../lib/store/database/database.ts';
import { openSqliteStore } from '../../../../lib/service/store/sqlite/store.ts';
import { DEFAULT_TENANT } from '../../../../lib/service/store/tenants.ts';
import type { PatternStore } from '../../../../lib/service/store/pattern-store.ts';
import type { ServiceStore } from '../../../../lib/service/store/service-store.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';

let folder: string;
let path: string;
let service: ServiceStore;
let store: PatternStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-file-'));
  path = join(folder, 'tracker.db');
  service = openSqliteStore(path);
  store = service.tenant(DEFAULT_TENANT);
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

const isThere = (file: string, id: string) => {
  const database = openDatabase(file);
  try {
    return database.prepare('SELECT 1 FROM patterns WHERE id = ?').pluck().get(id) === 1;
  } finally {
    database.close();
  }
};

describe('a database that is replaced under the service', () => {
  it('gets what is acknowledged from then on', async () => {
    await store.track([trackedEvent({ patternId: 'before' })]);
    rmSync(path);
    const [answer] = await store.track([trackedEvent({ patternId: 'after' })]);
    expect(answer).toMatchObject({ kind: 'created' });
    expect(isThere(path, 'after')).toBe(true);
    expect(isThere(path, 'before')).toBe(false);
  });

  it('gets it also when another file has taken its place', async () => {
    openDatabase(join(folder, 'other.db')).close();
    renameSync(join(folder, 'other.db'), path);
    await store.track([trackedEvent({ patternId: 'a' })]);
    expect(isThere(path, 'a')).toBe(true);
  });
});

describe('a log that is removed from under the service', () => {
  const removeLog = () => {
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix);
  };

  it('takes nothing with it that was acknowledged, and others see what is written from then on', async () => {
    await store.track([trackedEvent({ patternId: 'before' })]);
    removeLog();
    await store.track([trackedEvent({ patternId: 'after' })]);
    expect(['before', 'after'].map((id) => isThere(path, id))).toEqual([true, true]);
  });

  it('is noticed by those who only read', async () => {
    let now = 0;
    const file = join(folder, 'read.db');
    const reading = openSqliteStore(file, { monotonic: () => now });
    const patterns = reading.tenant(DEFAULT_TENANT);
    await patterns.track([trackedEvent({ patternId: 'a' })]);
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix);
    now += 1_000;
    expect(await patterns.stats()).toMatchObject({ patterns: 1 });
    expect(isThere(file, 'a')).toBe(true);
    await reading.close();
  });
});

describe('while another process holds the lock', () => {
  const holdLock = () => {
    const other = openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    return other;
  };

  it('reads and searches go on', async () => {
    await store.track([trackedEvent({ patternId: 'a' })]);
    const other = holdLock();
    other.exec(
      `INSERT INTO patterns SELECT 'b', name, code, language, lines, origin, generation, 'b',
         occurrences, first_seen_at, last_seen_at, version, pattern_type, origin_at, origin_key FROM patterns`,
    );
    expect(await store.search({ words: ['export'], limit: 9 })).toHaveLength(1);
    expect(await store.stats()).toMatchObject({ patterns: 1 });
    other.exec('COMMIT');
    other.close();
    expect(await store.search({ words: ['export'], limit: 9 })).toHaveLength(2);
  });

  it('many that wait to write do not keep the readers waiting', async () => {
    const other = holdLock();
    const writes = Array.from({ length: 50 }, (_, n) =>
      store.track([trackedEvent({ patternId: `p${n}`, eventId: `e${n}` })]),
    );
    for (let n = 0; n < 20; n++) await store.stats();
    expect((await store.stats()).patterns).toBe(0);
    other.exec('ROLLBACK');
    other.close();
    await Promise.all(writes);
    expect((await store.stats()).patterns).toBe(50);
  });
});

describe('patterns that another process has added', () => {
  it('are found at once if they are new, however many wait to be indexed', async () => {
    const other = openDatabase(path);
    const add = other.prepare(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
         occurrences, first_seen_at, last_seen_at)
       VALUES (?, 'a.ts', ?, 'typescript', 1, 'created', 1, ?, 1, ?, ?)`,
    );
    other.transaction(() => {
      for (let n = 0; n < 3_000; n++) add.run(`p${n}`, `word${n} common`, `p${n}`, n, n);
    })();
    other.close();
    const ids = async (...words: string[]) =>
      (await store.search({ words, limit: 3 })).map(({ id }) => id);
    expect(await ids('word2999')).toEqual(['p2999']);
    expect(await ids('common')).toEqual(['p2999', 'p2998', 'p2997']);
    await expect.poll(() => ids('word0')).toEqual(['p0']); // the others follow by themselves
    expect(await ids('common')).toEqual(['p2999', 'p2998', 'p2997']);
  });
});

describe('the file of another tenant', () => {
  it('is unavailable when it is no database, and the others go on', async () => {
    mkdirSync(join(folder, 'tenants'));
    writeFileSync(
      join(folder, 'tenants', 'team.db'),
      'no database at all, and long enough'.repeat(99),
    );
    await expect(service.tenant('team').stats()).rejects.toMatchObject({
      name: 'StoreUnavailableError',
      code: 'E_STORE_UNAVAILABLE',
    });
    expect(await store.stats()).toMatchObject({ patterns: 0 });
  });

  it('is unavailable when there is no room for it', async () => {
    writeFileSync(join(folder, 'tenants'), 'a file where the folder should be');
    await expect(service.tenant('team').stats()).rejects.toMatchObject({
      name: 'StoreUnavailableError',
    });
  });
});
