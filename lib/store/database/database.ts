import { chmodSync, existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { definePayloadFunctions } from './payload/packed-payload.ts';
import { MIGRATIONS } from './schema.ts';
import { Sqlite } from './sqlite.ts';
import type { Database } from './sqlite.ts';

/** A connection to a database. */
export type { Database };

/** How long a statement waits for another process's lock, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** The WAL file is cut back to this size after a checkpoint, in bytes. */
export const WAL_LIMIT_BYTES = 16 * 1024 * 1024;
/** A checkpoint follows when the WAL has this many pages of 4 KiB: the same 16 MiB. */
const CHECKPOINT_PAGES = 4_096;
/** The page cache of one connection, in KiB. */
const CACHE_KIB = 16 * 1024;
/** How long a process takes at most between making the file of a database and writing its first page, in milliseconds. */
const BEGINNING_MS = 100;

/**
 * Opens tracker.db for writing, creates it if it does not exist, and brings its schema up to date.
 *
 * @throws TrackerError E_DATABASE_CORRUPT, E_DATABASE_NEWER, or SQLite's own error (disk full, locked).
 */
export function openDatabase(path: string): Database {
  const isNew = !existsSync(path);
  return guarded(path, () => {
    checkNotCut(path);
    const database = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      if (isNew) chmodSync(path, 0o600);
      database.pragma('auto_vacuum = INCREMENTAL'); // only takes effect before the first table
      database.pragma('secure_delete = ON'); // what is deleted becomes zeros; FAST would leave freed pages as they are
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL'); // spool files are removed after the commit, so it has to last
      database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      database.pragma(`cache_size = -${CACHE_KIB}`);
      database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
      migrate(database, path);
      // Statement journals go to a temporary file by default; memory is faster. Set only after the
      // migrations, because one that sorts a large table may need the disk.
      database.pragma('temp_store = MEMORY');
      definePayloadFunctions(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Opens tracker.db for reading; undefined when it does not exist yet.
 *
 * @throws TrackerError as `openDatabase`, and E_DATABASE_OLDER until the next courier updates the schema.
 */
export function openDatabaseForReading(path: string): Database | undefined {
  if (!existsSync(path)) return undefined;
  return guarded(path, () => {
    checkNotCut(path);
    const database = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS, readonly: true });
    try {
      const version = schemaVersion(database);
      checkNumbered(database, path);
      if (version > MIGRATIONS.length) throw newer(path, version);
      if (version < MIGRATIONS.length) {
        throw new TrackerError(
          'E_DATABASE_OLDER',
          `${path} has schema ${version}, this program reads ${MIGRATIONS.length}`,
          { hint: 'The next courier brings it up to date: run `pattern-tracker capture-test`.' },
        );
      }
      definePayloadFunctions(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** A database in memory in which nothing is recorded. */
export function emptyDatabase(): Database {
  const database = new Sqlite(':memory:');
  migrate(database, ':memory:');
  definePayloadFunctions(database);
  return database;
}

/** True when the error means that the file is damaged or not a database, so that a retry cannot help. */
export function isCorruption(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return (
    code === 'E_DATABASE_CORRUPT' ||
    code.startsWith('SQLITE_CORRUPT') ||
    code.startsWith('SQLITE_NOTADB')
  );
}

/** True for SQLite's error that another process keeps a lock. */
export function isBusy(error: unknown): boolean {
  return errorCode(error)?.startsWith('SQLITE_BUSY') === true;
}

/**
 * Moves a corrupt database and its WAL aside; returns the new name. `now` is in milliseconds since
 * 1970 UTC.
 */
export function moveAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+Z$/g, '');
  const aside = `${path}.corrupt-${stamp}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/**
 * True when a database was cut to nothing: its WAL still holds what was written last, or beside it lies what is only made
 * of a database that was in use. Without either, an empty file is a database that was only begun. Whoever opens one with
 * a WAL, even for reading, makes SQLite remove that.
 */
export function isCutToNothing(path: string): boolean {
  const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size;
  if (size(path) !== 0) return false;
  if ((size(`${path}-wal`) ?? 0) > 0) return true;
  if (!wasInUse(path)) return false;
  // Where a database was deleted, another process may be beginning a new one at this moment.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BEGINNING_MS);
  return size(path) === 0 && !size(`${path}-wal`);
}

/** True when there was a database at `path` before: a courier has made a summary of it, or there are backups. */
export function wasInUse(path: string): boolean {
  const folder = dirname(path);
  const { base, name } = parse(path);
  if (base === 'tracker.db' && existsSync(join(folder, 'glance.json'))) return true;
  const backups = join(folder, 'backups');
  return existsSync(backups) && readdirSync(backups).some((file) => file.startsWith(`${name}-`));
}

/** The schema version of a database: the number of migrations applied to it. */
export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

// --- internal ---

const REPAIR_HINT =
  '`pattern-tracker repair` builds a sound database from it and keeps the damaged file.';

function migrate(database: Database, path: string): void {
  if (schemaVersion(database) === MIGRATIONS.length) return;
  database
    .transaction(() => {
      const version = schemaVersion(database); // read again: another process may have migrated it
      checkNumbered(database, path);
      if (version > MIGRATIONS.length) throw newer(path, version);
      for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
      database.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

/** @throws TrackerError E_DATABASE_CORRUPT */
function checkNotCut(path: string): void {
  if (!isCutToNothing(path)) return;
  throw new TrackerError('E_DATABASE_CORRUPT', `${path} was cut to nothing`, {
    hint: '`pattern-tracker recover` saves what is left in its WAL, or else restores the newest backup.',
  });
}

/** @throws TrackerError E_DATABASE_CORRUPT where tables are there, and no number says of which schema */
function checkNumbered(database: Database, path: string): void {
  if (schemaVersion(database) > 0) return;
  const events = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get();
  if (events === undefined) return;
  throw new TrackerError('E_DATABASE_CORRUPT', `${path} has lost the number of its schema`, {
    hint: REPAIR_HINT,
  });
}

function newer(path: string, version: number): TrackerError {
  return new TrackerError(
    'E_DATABASE_NEWER',
    `${path} was written by a newer version (schema ${version}, this one knows ${MIGRATIONS.length})`,
    { hint: 'Install the newer version again: npx claude-pattern-tracker@latest install' },
  );
}

function guarded<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof TrackerError) && isCorruption(error)) {
      throw new TrackerError('E_DATABASE_CORRUPT', `${path}: ${errorMessage(error)}`, {
        hint: REPAIR_HINT,
        cause: error,
      });
    }
    throw error;
  }
}
