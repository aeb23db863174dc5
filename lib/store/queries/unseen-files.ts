import type { Database } from '../database/database.ts';

/** How many files commands have changed since a time, in milliseconds since 1970 UTC, of which only the name is known. */
export function unseenFiles(database: Database, since: number): number {
  return database
    .prepare<[number], number>(
      "SELECT count(DISTINCT file_path) FROM file_changes WHERE change = 'changed' AND at >= ?",
    )
    .pluck()
    .get(since) as number;
}
