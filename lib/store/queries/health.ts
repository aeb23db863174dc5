import type { Database } from '../database/database.ts';

/** What SQLite's own check finds wrong with the file, at most `limit` things; none for a sound one. */
export function quickCheck(database: Database, limit: number): string[] {
  const rows = database.prepare<[], string>(`PRAGMA quick_check(${limit})`).pluck().all();
  return rows.filter((row) => row !== 'ok');
}
