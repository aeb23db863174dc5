import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { isCorruption } from '../database/database.ts';
import { Sqlite } from '../database/sqlite.ts';

/** A time as file names show it, in UTC: `20261124T120000`. `now` is in milliseconds since 1970 UTC. */
export function timeStamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+Z$/g, '');
}

/**
 * Copies a database that no process writes to, with its WAL or journal. The copy has mode 0600 and is
 * flushed to the disk when this returns.
 */
export function copyDatabase(from: string, to: string): void {
  removeDatabase(to);
  for (const suffix of ['', ...COMPANIONS]) {
    if (suffix === '-shm' || !existsSync(from + suffix)) continue;
    copyFileSync(from + suffix, to + suffix);
    chmodSync(to + suffix, 0o600);
    syncFile(to + suffix);
  }
}

/** Removes a database with its WAL and journal. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(path + suffix, { force: true });
}

/** Removes files that killed processes left: named `prefix` and the id of a process that is gone. */
export function removeLeftovers(prefix: string): void {
  const folder = dirname(prefix);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(basename(prefix))) continue;
    const pid = Number.parseInt(name.slice(basename(prefix).length), 10);
    if (Number.isInteger(pid) && !lives(pid)) rmSync(join(folder, name), { force: true });
  }
}

/**
 * Writes the WAL of a database back into it, so that the one file can be renamed. Waits up to `waitMs`
 * milliseconds (default 5,000) for other processes. False when the database is too damaged for that.
 *
 * @throws TrackerError E_DATABASE_IN_USE when another process has it open
 */
export function foldIn(path: string, waitMs: number = BUSY_TIMEOUT_MS): boolean {
  try {
    const database = new Sqlite(path, { timeout: waitMs });
    try {
      // SQLite refuses this while another connection is open, reading or not.
      database.pragma('journal_mode = DELETE');
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    if (isCorruption(error)) return false;
    if (!errorCode(error)?.startsWith('SQLITE_BUSY')) throw error;
    throw new TrackerError('E_DATABASE_IN_USE', `${path} is open in another program`, {
      hint: 'End the programs that use it, such as `pattern-tracker serve` or one with the library, and try again.',
      cause: error,
    });
  }
}

/**
 * Replaces the database at `path` by `next`, and keeps the old one as `aside`. Whenever the process is
 * killed, one of the two is in place.
 */
export function replaceDatabase(path: string, next: string, aside: string): void {
  syncFile(next);
  if (existsSync(path)) linkOrCopy(path, aside);
  for (const suffix of COMPANIONS) {
    // SQLite would play the journal of the old database into the new one.
    if (!existsSync(path + suffix)) continue;
    linkOrCopy(path + suffix, aside + suffix);
    rmSync(path + suffix);
  }
  renameSync(next, path);
  syncFolder(dirname(path));
}

/**
 * Gives a finished file its name, once it is flushed to the disk.
 *
 * @throws TrackerError E_FILE_EXISTS
 */
export function placeNew(temporary: string, path: string): void {
  syncFile(temporary);
  try {
    linkSync(temporary, path); // unlike a rename it never replaces anything
    rmSync(temporary);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' || existsSync(path)) throw fileExists(path);
    renameSync(temporary, path); // this file system has no hard links
  }
  syncFolder(dirname(path));
}

/** The error for a backup whose file exists already. */
export function fileExists(path: string): TrackerError {
  return new TrackerError('E_FILE_EXISTS', `${path} already exists`, {
    hint: 'Name another file; a backup is never overwritten.',
  });
}

/**
 * What to throw for an error while `path` was written: E_DISK_FULL, or E_FILE_UNWRITABLE for other errors
 * of the system or SQLite. A TrackerError, and an error without a code, are returned unchanged.
 */
export function writeFault(path: string, error: unknown): unknown {
  const code = errorCode(error) ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code.startsWith('SQLITE_FULL')) {
    return new TrackerError('E_DISK_FULL', `no space on the disk for ${path}`, {
      hint: 'Make room, or name a file on another disk. Nothing was changed.',
      cause: error,
    });
  }
  if (error instanceof TrackerError || code === '') return error;
  return new TrackerError('E_FILE_UNWRITABLE', `${path}: ${errorMessage(error)}`, {
    hint: 'Check that the folder exists and that you may write to it. Nothing was changed.',
    cause: error,
  });
}

// --- internal ---

const COMPANIONS = ['-wal', '-shm', '-journal'] as const;
/** How long to wait for another process to close the database, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

function lives(pid: number): boolean {
  if (pid === process.pid) return false; // an earlier process had the same id
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM'; // it runs, as another user
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw error;
    copyFileSync(from, to); // this file system has no hard links
    chmodSync(to, 0o600);
    syncFile(to);
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Flushes a rename to the disk. Where a folder cannot be flushed (Windows) there is no need to. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // the rename itself has succeeded
  }
}
