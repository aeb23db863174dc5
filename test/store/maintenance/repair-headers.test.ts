import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, openDatabaseForReading } from '../../../lib/store/database/database.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { stageRepair } from '../../../lib/store/maintenance/repair.ts';
import { Sample } from '../../cli/sample-database.ts';
import { fillWithMany, PAGE, pagesOf, rowsOf, truncate, wipe, write } from './damage.ts';

let sample: Sample;
let database: string;
let events: Set<string>;
beforeEach(() => {
  sample = new Sample();
  database = sample.paths.database;
  fillWithMany(sample, 300);
  events = rowsOf(database, 'events');
});
afterEach(() => sample.remove());

const repaired = () => {
  const repair = stageRepair({ damaged: database, database, acceptsLoss: true });
  if (!repair) throw new Error('there was nothing to repair');
  expect(repair.verification.findings).toEqual([]);
  return repair;
};

describe('a repair saves everything', () => {
  it.each([
    ['another size of pages', 16, [2, 0]],
    ['reserved bytes', 20, [200]],
    ['no version', 60, [0, 0, 0, 0]],
    ['another encoding of text', 56, [0, 0, 0, 2]],
    ['no pointer map', 52, [0, 0, 0, 0]],
    ['a list of free pages that leads in a circle', 32, [0, 0, 0, 3, 0, 0, 255, 255]],
  ])('where the header names %s', (_, position, bytes) => {
    write(database, position, Buffer.from(bytes));
    const { path, tables } = repaired();
    expect(rowsOf(path, 'events')).toEqual(events);
    expect(tables.filter(({ lost }) => lost > 0)).toEqual([]);
  });

  it('where a file has got the WAL of another database', () => {
    const other = join(sample.folder, 'other.db');
    const writer = new Sqlite(other);
    writer.pragma('auto_vacuum = INCREMENTAL');
    writer.pragma('journal_mode = WAL');
    writer.exec('CREATE TABLE events (a); INSERT INTO events VALUES (1)');
    copyFileSync(`${other}-wal`, `${database}-wal`);
    writer.close();
    const { path, damage, tables } = repaired();
    expect(damage.findings[0]?.message).toBe('its WAL is of another database');
    expect(tables).toEqual([]);
    expect(rowsOf(path, 'events')).toEqual(events);
  });

  it('where a journal has to be rolled back', () => {
    const work = join(sample.folder, 'work.db');
    const { page = 0 } = pagesOf(database, 'projects', 'leaf')[0] ?? {}; // of which the journal knows nothing
    copyFileSync(database, work);
    const writer = new Sqlite(work);
    writer.pragma('journal_mode = DELETE');
    writer.pragma('cache_size = 5'); // so that pages are written before the end
    writer.exec('BEGIN; DELETE FROM tool_calls; UPDATE events SET received_at = 1');
    copyFileSync(work, database);
    copyFileSync(`${work}-journal`, `${database}-journal`);
    writer.exec('ROLLBACK');
    writer.close();
    const repair = stageRepair({ damaged: database, database });
    expect(repair).toBeUndefined(); // SQLite rolls it back when the file is opened next
    wipe(database, page);
    expect(rowsOf(repaired().path, 'events')).toEqual(events);
  });
});

describe('a database that has lost the number of its schema', () => {
  it('is damaged, for who reads it and who writes', () => {
    write(database, 60, Buffer.alloc(4));
    for (const open of [openDatabase, openDatabaseForReading]) {
      expect(() => open(database)).toThrow(`${database} has lost the number of its schema`);
    }
    expect(rowsOf(repaired().path, 'events')).toEqual(events);
  });
});

describe('a repair says that rows may be missing', () => {
  it.each([0, 1, 2, 9])('of a file of which %d pages are left', (pages) => {
    truncate(database, pages * PAGE);
    for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
    const { tables } = repaired();
    expect(tables.find(({ table }) => table === 'events')).toMatchObject({
      salvaged: 0,
      damagedPages: 1,
    });
  });
});
