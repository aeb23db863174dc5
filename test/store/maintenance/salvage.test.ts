import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { salvageDatabase } from '../../../lib/store/maintenance/salvage.ts';
import type { Salvage } from '../../../lib/store/maintenance/salvage.ts';
import { removeDatabase } from '../../../lib/store/maintenance/database-file.ts';
import { MIGRATIONS } from '../../../lib/store/database/schema.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { Sample } from '../../cli/sample-database.ts';
import { fillWithMany, flip, PAGE, pagesOf, rowsOf, truncate, wipe, write } from './damage.ts';

const sample = new Sample();
const original = sample.paths.database;
const damaged = join(sample.folder, 'damaged.db');
const salvaged = join(sample.folder, 'salvaged.db');

beforeAll(() => fillWithMany(sample));
beforeEach(() => {
  for (const path of [damaged, salvaged]) removeDatabase(path);
  copyFileSync(original, damaged);
});
afterAll(() => sample.remove());

const salvage = (): Salvage => {
  removeDatabase(salvaged);
  return salvageDatabase(damaged, salvaged);
};

const of = (result: Salvage, table: string) => result.tables.find((row) => row.table === table);

/** What was in the original and is not in the salvaged one; nothing may be there that was not, but for lost payloads. */
function missing(table: string): number {
  const before = rowsOf(original, table);
  const known = new Set(table === 'events' ? [...before].map(withoutPayload) : []);
  const after = rowsOf(salvaged, table);
  for (const row of after) expect(before.has(row) || known.has(row)).toBe(true);
  return before.size - after.size;
}

const withoutPayload = (row: string) => JSON.stringify({ ...JSON.parse(row), payload: null });

const missingAnywhere = () =>
  verifyDatabase(original)
    .tables.map(({ table }) => missing(table))
    .filter((rows) => rows > 0);

const middle = <T>(list: readonly T[]): T => {
  const item = list[Math.floor(list.length / 2)];
  if (item === undefined) throw new Error('there is none');
  return item;
};

describe('salvage', () => {
  it('gets everything out of a sound database', () => {
    const { strayPages, tables } = salvage();
    expect(missingAnywhere()).toEqual([]);
    expect(verifyDatabase(salvaged).findings).toEqual([]);
    expect(strayPages).toBe(0);
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.filter(({ lost, damagedPages }) => lost > 0 || damagedPages > 0)).toEqual([]);
  });

  it('reads what is in the WAL alone', () => {
    const writer = new Sqlite(damaged);
    writer.pragma('journal_mode = WAL');
    writer.pragma('wal_autocheckpoint = 0');
    writer.exec("INSERT INTO meta VALUES ('only', 'in the WAL')");
    writer.exec("DELETE FROM events WHERE event_id = 'many-1'");
    copyFileSync(`${damaged}-wal`, `${salvaged}.kept`);
    writer.close();
    copyFileSync(original, damaged); // as it was before the checkpoint of the close
    copyFileSync(`${salvaged}.kept`, `${damaged}-wal`);
    salvage();
    expect(rowsOf(salvaged, 'meta')).toEqual(
      rowsOf(original, 'meta').add('{"key":"only","value":"in the WAL"}'),
    );
    expect(missing('events')).toBe(1);
  });

  it('reads a WAL up to its last sound commit', () => {
    const writer = new Sqlite(damaged);
    writer.pragma('journal_mode = WAL');
    writer.pragma('wal_autocheckpoint = 0');
    writer.exec("INSERT INTO meta VALUES ('a', 'first')");
    const sound = statSync(`${damaged}-wal`).size;
    writer.exec("INSERT INTO meta VALUES ('b', 'second')");
    copyFileSync(`${damaged}-wal`, `${salvaged}.kept`);
    writer.close();
    copyFileSync(original, damaged);
    copyFileSync(`${salvaged}.kept`, `${damaged}-wal`);
    flip(`${damaged}-wal`, sound + 100);
    salvage();
    expect(rowsOf(salvaged, 'meta')).toEqual(
      rowsOf(original, 'meta').add('{"key":"a","value":"first"}'),
    );
  });

  it.each(['events', 'tool_calls'])('loses only the rows of a damaged page of %s', (table) => {
    const { page, cells } = middle(pagesOf(original, table, 'leaf'));
    wipe(damaged, page);
    const result = salvage();
    expect(of(result, table)).toMatchObject({ lost: cells, damagedPages: 1 });
    expect(missing(table)).toBe(cells);
    expect(missingAnywhere()).toEqual([cells]);
    expect(verifyDatabase(salvaged).findings).toEqual([]);
  });

  it('loses nothing with a page that only points to others', () => {
    const [root] = pagesOf(original, 'events', 'internal');
    wipe(damaged, root?.page ?? 0);
    const result = salvage();
    expect(of(result, 'events')).toMatchObject({ lost: 0, damagedPages: 1 });
    expect(missingAnywhere()).toEqual([]);
  });

  it('loses nothing with the first page, which holds the schema', () => {
    wipe(damaged, 1);
    salvage();
    expect(missingAnywhere()).toEqual([]);
  });

  it('loses nothing with a page of the pointer map, nor with one of an index', () => {
    wipe(damaged, 2);
    for (const { page } of pagesOf(original, 'sqlite_autoindex_events_1', 'leaf').slice(0, 3)) {
      wipe(damaged, page);
    }
    expect(of(salvage(), 'events')).toMatchObject({ lost: 0, damagedPages: 0 });
    expect(missingAnywhere()).toEqual([]);
  });

  it('loses one payload, and not its row, with a page that a long payload goes on', () => {
    const overflow = pagesOf(original, 'events', 'overflow');
    wipe(damaged, middle(overflow).page);
    expect(of(salvage(), 'events')).toMatchObject({ lost: 0, partial: 1, damagedPages: 1 });
    expect(missingAnywhere()).toEqual([]);
    expect(verifyDatabase(salvaged).findings).toEqual([]);
  });

  const randomly = (length: number) =>
    Buffer.from(Array.from({ length }, (_, n) => (n * n * 31 + n * 7) % 251));
  it.each([
    ['0x55', Buffer.alloc(PAGE, 0x55)],
    ['0x01', Buffer.alloc(PAGE, 0x01)],
    ['0x05', Buffer.alloc(PAGE, 0x05)],
    ['0xff', Buffer.alloc(PAGE, 0xff)],
    ['bytes without order', randomly(PAGE)],
    ['entries that are all of one page', Buffer.alloc(PAGE, Buffer.from([5, 0, 0, 0, 9]))],
    ['entries of other overflow pages', Buffer.alloc(PAGE, Buffer.from([4, 0, 0, 0, 60]))],
  ])('believes the trees where the pointer map is overwritten by %s', (_, bytes) => {
    const maps = statSync(original).size / PAGE > 822 ? [2, 822] : [2]; // each describes 819 pages
    for (const page of maps) write(damaged, (page - 1) * PAGE, bytes);
    const { tables, strayPages } = salvage();
    expect(missingAnywhere()).toEqual([]);
    expect(tables.filter(({ lost, damagedPages }) => lost + damagedPages > 0)).toEqual([]);
    expect(strayPages).toBe(0);
  });

  it('takes first what SQLite reads', () => {
    for (let page = 2; page <= statSync(original).size / PAGE; page++) wipe(damaged, page);
    salvageDatabase(damaged, salvaged, { copy: original }); // as if SQLite still read everything
    expect(missingAnywhere()).toEqual([]);
  });

  it('loses of a file that was cut only what is beyond the cut', () => {
    const size = statSync(original).size;
    truncate(damaged, Math.floor(size / 2 / PAGE) * PAGE + 100);
    const result = salvage();
    const kept = pagesOf(original, 'events', 'leaf').filter(({ page }) => page * PAGE < size / 2);
    const whole = kept.reduce((sum, { cells }) => sum + cells, 0);
    const { salvaged: rows } = of(result, 'events') ?? { salvaged: 0 };
    expect(rows).toBeGreaterThan(whole - 40); // less those whose payload goes on beyond it
    expect(rows).toBeLessThanOrEqual(whole + 40);
    expect(missing('events')).toBe(3_000 - rows);
  });

  it('reads on past a sector of garbage', () => {
    const { page, cells } = middle(pagesOf(original, 'events', 'leaf'));
    write(damaged, (page - 1) * PAGE + 1_024, Buffer.alloc(512, 0xa7));
    const { lost } = of(salvage(), 'events') ?? { lost: -1 };
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(cells);
  });

  it('makes a sound database of whatever pages are gone, with no row that was not there', () => {
    const pages = statSync(original).size / PAGE;
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: pages }), { maxLength: 40 }), (gone) => {
        copyFileSync(original, damaged);
        for (const page of gone) wipe(damaged, page);
        salvage();
        missingAnywhere();
        expect(new Sqlite(salvaged).pragma('integrity_check', { simple: true })).toBe('ok');
      }),
      { numRuns: 8 },
    );
  });

  it('makes a sound database whatever bits are turned over', () => {
    const size = statSync(original).size;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 400 }),
        (positions) => {
          copyFileSync(original, damaged);
          for (const position of positions) if (position >= 100) flip(damaged, position);
          salvage();
          expect(new Sqlite(salvaged).pragma('integrity_check', { simple: true })).toBe('ok');
        },
      ),
      { numRuns: 8 },
    );
  });

  it('keeps the schema of an older database', () => {
    removeDatabase(damaged);
    const old = new Sqlite(damaged);
    old.pragma('auto_vacuum = INCREMENTAL');
    old.exec(MIGRATIONS[0] ?? '');
    old.pragma('user_version = 1');
    old.exec("INSERT INTO meta VALUES ('k', 'v')");
    old.close();
    expect(salvage().schemaVersion).toBe(1);
    expect(verifyDatabase(salvaged)).toMatchObject({ schemaVersion: 1, findings: [] });
    expect(rowsOf(salvaged, 'meta').size).toBe(1);
  });

  it('refuses what is not ours, and what is of a newer version, not what only lost its version', () => {
    const alter = (version: number) => {
      const database = new Sqlite(damaged);
      database.pragma(`user_version = ${version}`);
      database.close();
    };
    alter(0);
    expect(salvage().schemaVersion).toBe(MIGRATIONS.length);
    expect(missingAnywhere()).toEqual([]);
    alter(99);
    expect(salvage).toThrowError(expect.objectContaining({ code: 'E_DATABASE_NEWER' }));
    removeDatabase(damaged);
    new Sqlite(damaged).exec('CREATE TABLE theirs (a)').close();
    expect(salvage).toThrowError(expect.objectContaining({ code: 'E_NOT_OURS' }));
  });
});
