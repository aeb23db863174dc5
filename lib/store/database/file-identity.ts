import { rmSync, statSync } from 'node:fs';

/**
 * Device and inode of the file at `path`: they change when the file is replaced under its name.
 * Undefined when there is no file.
 */
export function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats && `${stats.dev}:${stats.ino}`;
}

/**
 * Removes the WAL files that a deleted database left behind: SQLite would take them for part of the
 * next one. Does nothing while the database exists.
 */
export function removeOrphans(path: string): void {
  if (fileIdentity(path) !== undefined) return;
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
}
