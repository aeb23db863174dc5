import { rmSync, statSync } from 'node:fs';
import type { Database } from './sqlite.ts';

/**
 * Device and inode of the file at `path`: they change when the file is replaced under its name.
 * Undefined when there is no file.
 */
export function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** The files of a database that is open. What is written to one that is deleted or replaced, no other process sees. */
export interface OpenFiles {
  readonly database: string | undefined;
  /** Undefined where there was no WAL. */
  readonly wal: string | undefined;
}

/** The files of the database at `path`, which was opened just now. */
export function openFiles(path: string): OpenFiles {
  return { database: fileIdentity(path), wal: fileIdentity(`${path}-wal`) };
}

/** Which of the files that were opened is no longer in place; undefined while all are. */
export function misplacedFile(path: string, files: OpenFiles): keyof OpenFiles | undefined {
  if (fileIdentity(path) !== files.database) return 'database';
  if (files.wal !== undefined && fileIdentity(`${path}-wal`) !== files.wal) return 'wal';
  return undefined;
}

/** Brings what the WAL of an open database holds into its file; false if somebody who reads or writes kept some of it out. */
export function takeInWal(database: Database): boolean {
  const [row] = database.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
  return row?.busy === 0;
}

/**
 * Removes the WAL files that a deleted database left behind: SQLite would take them for part of the
 * next one. Does nothing while the database exists.
 */
export function removeOrphans(path: string): void {
  if (fileIdentity(path) !== undefined) return;
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
}
