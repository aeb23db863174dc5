import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { isBusy, isCorruption } from '../database/database.ts';
import { Sqlite } from '../database/sqlite.ts';
import type { BackupMetadata } from '../database/sqlite.ts';
import {
  fileExists,
  foldIn,
  placeNew,
  removeDatabase,
  removeLeftovers,
  timeStamp,
  writeFault,
} from './database-file.ts';
import { countTables, lockedDatabase, noDatabase, verifyDatabase } from './verify.ts';
import type { TableCount } from './verify.ts';

/** What to copy, and where to. */
export interface BackupOptions {
  readonly database: string;
  /** Path of the copy; no file may exist there. */
  readonly to: string;
  readonly onProgress?: (pages: number, total: number) => void;
  /** Told what begins to be checked of the copy. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Aborting it ends the backup with E_INTERRUPTED. */
  readonly signal?: AbortSignal;
}

/** A backup that was made. */
export interface Backup {
  readonly path: string;
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly tables: readonly TableCount[];
}

/**
 * Copies tracker.db, as it was at one moment, into a single file; other processes may write meanwhile.
 * The file gets its name only when it is complete, verified and flushed to the disk.
 *
 * @throws TrackerError E_NO_DATABASE, E_FILE_EXISTS, E_DISK_FULL, E_BACKUP_UNSOUND, E_DATABASE_IN_USE,
 *   E_INTERRUPTED
 */
export async function backUpDatabase(options: BackupOptions): Promise<Backup> {
  const { database: from, to } = options;
  if (!existsSync(from)) throw noDatabase(from);
  if (existsSync(to)) throw fileExists(to);
  const temporary = join(dirname(to), `${PARTIAL}${process.pid}`);
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    removeLeftovers(join(dirname(to), PARTIAL));
    const tables = await copy(from, temporary, options);
    const { findings, ...copied } = verifyDatabase(temporary, { onStep: options.onStep });
    const faults = findings.filter(({ kind }) => kind !== 'rows'); // a copy has its original's bad rows
    const [fault] = faults;
    if (fault) throw unsound(from, fault.message);
    if (JSON.stringify(copied.tables) !== JSON.stringify(tables)) {
      throw unsound(from, 'the copy and the original differ in their numbers of rows');
    }
    placeNew(temporary, to);
    return { ...copied, path: to };
  } catch (error) {
    if (isBusy(error)) throw lockedDatabase(from, error);
    throw isCorruption(error) ? unsound(from, errorMessage(error)) : writeFault(to, error);
  } finally {
    removeDatabase(temporary);
  }
}

/** A name, free in the folder, for a backup made at `now` (milliseconds since 1970 UTC). */
export function backupName(folder: string, database: string, now: number): string {
  const own = basename(database, '.db');
  const stamp = timeStamp(now).replace('T', '-');
  let name = `${own}-${stamp}.db`;
  for (let n = 2; existsSync(join(folder, name)); n++) name = `${own}-${stamp}-${n}.db`;
  return name;
}

/** The backups of a database in a folder, by their {@link backupName}, oldest first. */
export function listBackups(folder: string, database: string): string[] {
  const own = `${basename(database, '.db')}-`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(own) && STAMP.test(name.slice(own.length)))
    .map((name) => name.slice(0, -'.db'.length)) // with it, 120000-2.db would sort before 120000.db
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(folder, `${name}.db`));
}

/** When a backup of {@link listBackups} was made, by its name, in milliseconds since 1970 UTC. */
export function backupTime(path: string): number {
  const [, day = '', time = ''] = /-(\d{8})-(\d{6})(?:-\d+)?\.db$/.exec(path) ?? [];
  return Date.parse(
    `${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
  );
}

/** Removes all but the newest `keep` backups of {@link listBackups}; returns the removed paths. */
export function pruneBackups(folder: string, database: string, keep: number): string[] {
  const backups = listBackups(folder, database);
  const old = backups.slice(0, Math.max(0, backups.length - keep));
  for (const path of old) rmSync(path, { force: true });
  return old;
}

// --- internal ---

/** What follows the name of the database and a hyphen in the name of a backup. */
const STAMP = /^\d{8}-\d{6}(?:-\d+)?\.db$/;
const PARTIAL = '.tracker-backup-';
/** Pages copied at a time, 8 MiB; the backup can be interrupted in between. */
const STEP_PAGES = 2_048;

/** Copies the pages; returns the numbers of rows at the moment of the copy. */
async function copy(
  from: string,
  to: string,
  { onProgress, signal }: BackupOptions,
): Promise<TableCount[]> {
  const source = new Sqlite(from, { readonly: true, timeout: 5_000 });
  try {
    closeSync(openSync(to, 'wx', 0o600)); // private from its first byte
    // Inside a transaction the copy does not start again whenever the courier commits.
    source.exec('BEGIN');
    const tables = countTables(source);
    const progress = ({ totalPages, remainingPages }: BackupMetadata): number => {
      if (signal?.aborted) {
        throw new TrackerError('E_INTERRUPTED', 'interrupted; nothing was written');
      }
      onProgress?.(totalPages - remainingPages, totalPages);
      return STEP_PAGES;
    };
    await source.backup(to, { progress });
    foldIn(to); // outside WAL mode it can be read from a read-only disk
    return tables;
  } finally {
    source.close();
  }
}

function unsound(path: string, why: string): TrackerError {
  return new TrackerError('E_BACKUP_UNSOUND', `${basename(path)} is damaged: ${why}`, {
    hint: 'Nothing was written. `pattern-tracker verify` says more, `pattern-tracker repair` mends it.',
  });
}
