import { rmSync, statSync } from 'node:fs';

/** Which file lies at `path`, however it is called; undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats && `${stats.dev}:${stats.ino}`;
}

/**
 * Removes what a deleted database has left beside it: SQLite would take it for part of the next one.
 * Does nothing while the database is there.
 */
export function removeOrphans(path: string): void {
  if (fileIdentity(path) !== undefined) return;
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
}
