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

/** `20261124T120000`: how a time stands in the name of a file. */
export function timeStamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+Z$/g, '');
}

/** A copy of a database nobody writes to, with its journal; private, and on the disk when this returns. */
export function copyDatabase(from: string, to: string): void {
  removeDatabase(to);
  for (const suffix of ['', ...COMPANIONS]) {
    if (suffix === '-shm' || !existsSync(from + suffix)) continue;
    copyFileSync(from + suffix, to + suffix);
    chmodSync(to + suffix, 0o600);
    syncFile(to + suffix);
  }
}

/** Removes a database and what belongs to it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(path + suffix, { force: true });
}

/** Removes the databases named `prefix` and the id of a process that is gone: it was killed. */
export function removeLeftovers(prefix: string): void {
  const folder = dirname(prefix);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(basename(prefix))) continue;
    const pid = Number.parseInt(name.slice(basename(prefix).length), 10);
    if (Number.isInteger(pid) && !lives(pid)) rmSync(join(folder, name), { force: true });
  }
}

/**
 * Makes one file of a database and its WAL, so that it may be renamed. False when it is too damaged
 * for that.
 *
 * @throws TrackerError E_DATABASE_IN_USE when another process has it open
 */
export function foldIn(path: string, waitMs: number = BUSY_TIMEOUT_MS): boolean {
  try {
    const database = new Sqlite(path, { timeout: waitMs });
    try {
      // SQLite grants this to nobody while another connection is open, reading or not.
      database.pragma('journal_mode = DELETE');
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    if (isCorruption(error)) return false;
    if (!errorCode(error)?.startsWith('SQLITE_BUSY')) throw error;
    throw new TrackerError('E_DATABASE_IN_USE', `${path} is open in another program`, {
      hint: 'End what uses it, such as `pattern-tracker serve` or a program with the library, and try again.',
      cause: error,
    });
  }
}

/**
 * Puts a database in the place of another, which is kept as `aside`. Whenever the process is killed,
 * one of the two is in place.
 */
export function replaceDatabase(path: string, next: string, aside: string): void {
  syncFile(next);
  if (existsSync(path)) linkOrCopy(path, aside);
  for (const suffix of COMPANIONS) {
    // A journal of the old one would be played into the new one.
    if (!existsSync(path + suffix)) continue;
    linkOrCopy(path + suffix, aside + suffix);
    rmSync(path + suffix);
  }
  renameSync(next, path);
  syncFolder(dirname(path));
}

/** Gives a finished file its name. @throws TrackerError E_FILE_EXISTS */
export function placeNew(temporary: string, path: string): void {
  syncFile(temporary);
  try {
    linkSync(temporary, path); // unlike a rename it never replaces anything
    rmSync(temporary);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' || existsSync(path)) throw fileExists(path);
    renameSync(temporary, path); // a file system without hard links
  }
  syncFolder(dirname(path));
}

export function fileExists(path: string): TrackerError {
  return new TrackerError('E_FILE_EXISTS', `${path} is there already`, {
    hint: 'Name another file; a backup is never overwritten.',
  });
}

/** What to tell people of an error while `path` was written: a full disk by its name. */
export function writeFault(path: string, error: unknown): unknown {
  const code = errorCode(error) ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code.startsWith('SQLITE_FULL')) {
    return new TrackerError('E_DISK_FULL', `no room on the disk for ${path}`, {
      hint: 'Make room, or name a file on another disk. Nothing was changed.',
      cause: error,
    });
  }
  if (error instanceof TrackerError || code === '') return error;
  return new TrackerError('E_FILE_UNWRITABLE', `${path}: ${errorMessage(error)}`, {
    hint: 'Look whether the folder is there and yours to write. Nothing was changed.',
    cause: error,
  });
}

// --- internal ---

const COMPANIONS = ['-wal', '-shm', '-journal'] as const;
/** How long it waits for another process to close the database, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

function lives(pid: number): boolean {
  if (pid === process.pid) return false; // it was another's, who had our number
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM'; // it is another user's
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw error;
    copyFileSync(from, to); // a file system without hard links
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

/** Where a folder can't be flushed, as on Windows, renames are durable by themselves. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // nothing to be done
  }
}
