import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { createRedactor } from '../../../lib/redact/redact.ts';
import { openDatabase, openDatabaseForReading } from '../../../lib/store/database/database.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { damagedDatabase, stageRepair } from '../../../lib/store/maintenance/repair.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { setAsideDatabase } from '../../../lib/store/queries/totals.ts';
import { CourierStore } from '../../../lib/ingest/courier/courier-store.ts';
import { Ingest } from '../../../lib/ingest/ingest.ts';
import type { SpoolFile } from '../../../lib/ingest/spool/spool-reader.ts';
import { ProjectFinder } from '../../../lib/ingest/project.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

let folder: string;
let path: string;
let store: CourierStore;
/** Milliseconds on the clock that nobody sets. */
let passed = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-store-'));
  path = join(folder, 'tracker.db');
  const projects = new ProjectFinder(
    () => NOW,
    (text) => text,
  );
  const redactor = createRedactor();
  const options = { config: CONFIG_DEFAULTS, redactor, projects, machine: 'test' };
  store = new CourierStore(
    path,
    () => NOW,
    (database) => new Ingest(database, options),
    { elapsed: () => passed },
  );
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
function event(): SpoolFile {
  const name = `${(files += 1)}.settings`;
  const text = JSON.stringify({ session_id: 's', hook_event_name: 'Stop', cwd: '/', n: files });
  writeFileSync(join(folder, name), text);
  return { name, path: join(folder, name), writtenAt: NOW + files * 1000, size: text.length };
}

/** What somebody else finds in the file that lies there. */
function eventsThere(): unknown {
  const database = openDatabase(path);
  try {
    return database.prepare('SELECT count(*) FROM events').pluck().get();
  } finally {
    database.close();
  }
}

function remove(...suffixes: string[]): void {
  for (const suffix of suffixes) rmSync(path + suffix, { force: true });
}

describe('a courier whose tracker.db', () => {
  it.each([
    ['with what lies beside it', ['', '-wal', '-shm']],
    ['alone', ['']],
  ])('is deleted %s makes a fresh one, and writes to that', (_, suffixes) => {
    store.take([event()]);
    remove(...suffixes);
    expect(store.take([event()])).toEqual([]);
    expect(eventsThere()).toBe(1);
    expect(setAsideDatabase(store.open())).toBeUndefined(); // nothing was corrupt
  });

  it('is replaced goes over to the other one', () => {
    store.take([event()]);
    const other = openDatabase(`${path}.other`);
    other.exec('CREATE TABLE mark (n)');
    other.close();
    remove('', '-wal', '-shm');
    renameSync(`${path}.other`, path);
    expect(store.open().prepare('SELECT count(*) FROM mark').pluck().get()).toBe(0);
    store.take([event()]);
    expect(eventsThere()).toBe(1);
  });

  it('was made anew by another process loses nothing of that process', () => {
    store.take([event()]);
    remove('');
    const theirs = openDatabase(path);
    theirs.exec('CREATE TABLE mark (n); INSERT INTO mark VALUES (1)');
    expect(store.take([event()])).toEqual([]);
    theirs.exec('INSERT INTO mark VALUES (2)');
    theirs.close();
    expect(eventsThere()).toBe(1);
    expect(store.open().prepare('SELECT count(*) FROM mark').pluck().get()).toBe(2);
  });

  it('stays where it is keeps it open', () => {
    expect(store.open()).toBe(store.open());
  });
});

describe('a courier whose tracker.db is damaged while it is open', () => {
  const CUT = expect.objectContaining({ code: 'E_DATABASE_CUT' });
  const asides = () => readdirSync(folder).filter((name) => name.includes('.corrupt-'));
  const dropTable = () => {
    const other = openDatabase(path);
    other.exec('DROP TABLE tool_calls');
    other.close();
  };

  it.each<[string, () => void]>([
    ['cut to nothing', () => truncateSync(path, 0)],
    ['cut in the middle', () => truncateSync(path, statSync(path).size - 4_096)],
    ['without its header', () => writeFileSync(path, Buffer.alloc(100, 7), { flag: 'r+' })],
  ])('waits a minute and then sets it aside: %s', (_, damage) => {
    store.take([event()]);
    store.open().pragma('wal_checkpoint(PASSIVE)');
    damage();
    expect(() => store.take([event()])).toThrow(CUT);
    store.close(); // as after each failure: the WAL must stay
    passed += 59_000;
    expect(() => store.take([event()])).toThrow(CUT);
    expect([store.database, asides()]).toEqual([undefined, []]);
    passed += 1_000;
    expect(store.take([event()])).toEqual([]);
    expect(asides().toSorted()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/corrupt-\d+T\d+$/),
        expect.stringMatching(/-wal$/),
      ]),
    );
    expect(eventsThere()).toBe(1);
    expect(setAsideDatabase(store.open())?.reason).toMatch(/^it was cut|^its first page/);
  });

  it('waits a minute for a table that was dropped', () => {
    store.take([event()]);
    dropTable();
    const call = event();
    expect(() => store.take([call])).toThrow(CUT);
    store.close();
    passed += 60_000;
    expect(store.take([call])).toEqual([]);
    expect(asides()).not.toEqual([]);
  });

  it('goes on with what is copied over it', () => {
    store.take([event()]);
    store.open().pragma('wal_checkpoint(TRUNCATE)');
    const copy = `${path}.copy`;
    copyFileSync(path, copy);
    truncateSync(path, 0);
    expect(() => store.open()).toThrow(CUT);
    writeFileSync(path, readFileSync(copy), { flag: 'r+' });
    expect(store.take([event()])).toEqual([]);
    expect([eventsThere(), asides()]).toEqual([2, []]);
  });

  it('leaves with all that is left of it, whoever looks for it next', () => {
    store.take([event(), event()]); // in the WAL alone
    truncateSync(path, 0);
    expect(() => store.open()).toThrow(CUT);
    store.leave();
    const aside = setAsideDatabase(openDatabase(path))?.path ?? '';
    expect(damagedDatabase(path)).toBe(aside);
    const repair = stageRepair({ damaged: aside, database: path });
    expect(repair?.tables.find(({ table }) => table === 'events')).toMatchObject({ salvaged: 2 });
  });
});

describe('a database that was cut to nothing while no courier was there', () => {
  it('keeps its WAL, whoever opens it, and is repaired from that', () => {
    store.take([event(), event()]);
    const wal = readFileSync(`${path}-wal`);
    store.close();
    truncateSync(path, 0);
    writeFileSync(`${path}-wal`, wal);
    for (const open of [openDatabase, openDatabaseForReading]) {
      expect(() => open(path)).toThrow(expect.objectContaining({ code: 'E_DATABASE_CORRUPT' }));
    }
    expect(verifyDatabase(path).findings).toHaveLength(1);
    expect(readFileSync(`${path}-wal`).equals(wal)).toBe(true);
    const repair = stageRepair({ damaged: damagedDatabase(path), database: path });
    expect(repair?.tables.find(({ table }) => table === 'events')).toMatchObject({ salvaged: 2 });
  });
});

describe('an empty file where a database was in use', () => {
  const CUT = expect.objectContaining({ code: 'E_DATABASE_CUT' });
  const CORRUPT = expect.objectContaining({ code: 'E_DATABASE_CORRUPT' });
  const backup = () => join(folder, 'backups', 'tracker-20261124-120000.db');
  const signs: [string, () => void][] = [
    ['a glance', () => writeFileSync(join(folder, 'glance.json'), '')],
    [
      'a backup',
      () => {
        mkdirSync(join(folder, 'backups'));
        writeFileSync(backup(), '');
      },
    ],
  ];

  it.each(signs)('is set aside after a minute: %s lies beside it', (_, leave) => {
    leave();
    writeFileSync(path, '');
    for (const open of [openDatabase, openDatabaseForReading])
      expect(() => open(path)).toThrow(CORRUPT);
    expect(verifyDatabase(path).findings).toMatchObject([{ kind: 'file' }]);
    const files = [event()];
    expect(() => store.take(files)).toThrow(CUT);
    expect(statSync(path).size).toBe(0);
    passed += 60_000;
    expect(store.take(files)).toEqual([]);
    expect(setAsideDatabase(store.open())).toMatchObject({ reason: 'it was cut to nothing' });
  });

  it('is a beginning where nothing lies beside it', () => {
    writeFileSync(path, '');
    expect(store.take([event()])).toEqual([]);
    expect(setAsideDatabase(store.open())).toBeUndefined();
  });

  it.each(signs)('is not different where another database has no tables, beside %s', (_, leave) => {
    const other = new Sqlite(path);
    other.pragma('journal_mode = WAL'); // writes the first page
    other.close();
    expect(() => store.open()).not.toThrow();
    store.close();
    remove('', '-wal', '-shm');
    new Sqlite(path).exec('CREATE TABLE theirs (n)').close();
    leave();
    expect(() => store.open()).toThrow(CUT);
    passed += 60_000;
    store.open();
    expect(setAsideDatabase(store.open())?.reason).toMatch(/^it was emptied/);
  });

  it('gets its history from a backup, with what was recorded since', () => {
    store.take([event(), event()]);
    store.close();
    mkdirSync(join(folder, 'backups'));
    copyFileSync(path, backup());
    truncateSync(path, 0);
    expect(() => store.open()).toThrow(CUT);
    passed += 60_000;
    store.take([event()]);
    store.close();
    expect(eventsThere()).toBe(1);
    expect(() => stageRepair({ damaged: damagedDatabase(path), database: path })).toThrow(
      expect.objectContaining({ code: 'E_REPAIR_LOSES' }),
    );
    const repair = stageRepair({ damaged: backup(), database: path });
    renameSync(repair?.path ?? '', path);
    expect([eventsThere(), setAsideDatabase(store.open())]).toEqual([3, undefined]);
  });
});
