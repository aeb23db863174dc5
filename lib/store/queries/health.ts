import type { Database } from '../database/database.ts';

/** The faults that SQLite's `quick_check` finds in the file, at most `limit`; empty for a sound one. */
export function quickCheck(database: Database, limit: number): string[] {
  const rows = database.prepare<[], string>(`PRAGMA quick_check(${limit})`).pluck().all();
  return rows.filter((row) => row !== 'ok');
}
