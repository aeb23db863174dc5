import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { createRedactor } from '../../../lib/redact/redact.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { setAsideDatabase } from '../../../lib/store/queries/totals.ts';
import { CourierStore } from '../../../lib/ingest/courier/courier-store.ts';
import { Ingest } from '../../../lib/ingest/ingest.ts';
import type { SpoolFile } from '../../../lib/ingest/spool/spool-reader.ts';
import { ProjectFinder } from '../../../lib/ingest/project.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

let folder: string;
let path: string;
let store: CourierStore;
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
