import { lstatSync, rmSync } from 'node:fs';
import { makeWayForFile } from '../../base/regular-file.ts';
import { isBusy, isCorruption } from './database.ts';
import { Sqlite } from './sqlite.ts';

/** A lock that one process, such as the courier, holds until it releases it or dies. */
export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock on `path`, waiting up to `waitMs` milliseconds for a holder that is leaving;
 * undefined when another process still holds it then. The operating system frees the lock when its
 * process dies, so it is never stale.
 */
export function acquireProcessLock(path: string, waitMs: number): ProcessLock | undefined {
  makeWayForFile(path); // opening a FIFO would wait
  try {
    return lock(path, waitMs);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    rmSync(path, { force: true }); // the file holds no data
    return lock(path, waitMs);
  }
}

/** True while a process holds the lock on `path`. It keeps nobody from taking it, and so many may ask at once. */
export function isProcessLockHeld(path: string): boolean {
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false; // opening a FIFO would wait
    const database = new Sqlite(path, { readonly: true, timeout: 0 });
    try {
      database.prepare('SELECT 1 FROM sqlite_schema').get();
      return false;
    } finally {
      database.close();
    }
  } catch (error) {
    return isBusy(error);
  }
}

// --- internal ---

function lock(path: string, waitMs: number): ProcessLock | undefined {
  const database = new Sqlite(path, { timeout: waitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => void database.close() };
}
