import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { isCorruption } from '../database/database.ts';
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
import { countTables, noDatabase, verifyDatabase } from './verify.ts';
import type { TableCount } from './verify.ts';

export interface BackupOptions {
  readonly database: string;
  /** Where the copy goes; nothing may be there. */
  readonly to: string;
  readonly onProgress?: (pages: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface Backup {
  readonly path: string;
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly tables: readonly TableCount[];
}

/**
 * Copies tracker.db while others write to it, as it was at one moment, into a single file. It gets its
 * name only when it is whole, checked and on the disk.
 *
 * @throws TrackerError E_NO_DATABASE, E_FILE_EXISTS, E_DISK_FULL, E_BACKUP_UNSOUND, E_INTERRUPTED
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
    const { findings, ...copied } = verifyDatabase(temporary);
    const faults = findings.filter(({ kind }) => kind !== 'rows'); // those would be in the original too
    const [fault] = faults;
    if (fault) throw unsound(from, fault.message);
    if (JSON.stringify(copied.tables) !== JSON.stringify(tables)) {
      throw unsound(from, 'the copy has not as many rows as the original');
    }
    placeNew(temporary, to);
    return { ...copied, path: to };
  } catch (error) {
    throw isCorruption(error) ? unsound(from, errorMessage(error)) : writeFault(to, error);
  } finally {
    removeDatabase(temporary);
  }
}

/** A name for a backup made now that nothing in the folder has. */
export function backupName(folder: string, database: string, now: number): string {
  const own = basename(database, '.db');
  const stamp = timeStamp(now).replace('T', '-');
  let name = `${own}-${stamp}.db`;
  for (let n = 2; existsSync(join(folder, name)); n++) name = `${own}-${stamp}-${n}.db`;
  return name;
}

/** The backups of a database in a folder that have such a name, oldest first. */
export function listBackups(folder: string, database: string): string[] {
  const own = `${basename(database, '.db')}-`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(own) && STAMP.test(name.slice(own.length)))
    .map((name) => name.slice(0, -'.db'.length)) // else 120000-2.db came before 120000.db
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(folder, `${name}.db`));
}

/** Removes all but the newest `keep` of those backups; returns what it has removed. */
export function pruneBackups(folder: string, database: string, keep: number): string[] {
  const backups = listBackups(folder, database);
  const old = backups.slice(0, Math.max(0, backups.length - keep));
  for (const path of old) rmSync(path, { force: true });
  return old;
}

// --- internal ---

/** What follows the name of the database in the name of a backup. */
const STAMP = /^\d{8}-\d{6}(?:-\d+)?\.db$/;
const PARTIAL = '.tracker-backup-';
/** 8 MiB at a time; in between it can be interrupted. */
const STEP_PAGES = 2_048;

/** Copies the pages; returns the rows that there were at that moment. */
async function copy(
  from: string,
  to: string,
  { onProgress, signal }: BackupOptions,
): Promise<TableCount[]> {
  const source = new Sqlite(from, { readonly: true, timeout: 5_000 });
  try {
    closeSync(openSync(to, 'wx', 0o600)); // private from its first byte
    // Under a transaction of its own the copy need not begin anew at each commit of the courier.
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
    foldIn(to); // without the mark of a WAL it can be read where nothing may be written
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
