import { hexDigest } from '../../../../base/digest.ts';
import type { Database } from '../../../../store/database/database.ts';
import { MOST_REMEMBERED, REMEMBERED_MS } from '../../rows/forgetting.ts';

/** What `forgotten_lineage` remembers of an id. */
export function forgottenDigest(kind: 'event' | 'pattern', id: string): string {
  return hexDigest(`${kind} ${id}`, 32);
}

/** Drops the ids that were remembered for long enough. */
export function trimForgotten(database: Database, now: number): void {
  database.prepare<[number]>('DELETE FROM forgotten_lineage WHERE at < ?').run(now - REMEMBERED_MS);
  database
    .prepare<[number]>(
      `DELETE FROM forgotten_lineage WHERE at <= (
         SELECT at FROM forgotten_lineage ORDER BY at DESC LIMIT 1 OFFSET ?)`,
    )
    .run(MOST_REMEMBERED);
}

/** Notes that rows were deleted, of which the file may still hold copies. */
export function noteUnwiped(database: Database): void {
  database
    .prepare<[string]>(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT)`,
    )
    .run(UNWIPED_KEY);
}

/** What tells the present deletions from later ones; undefined when nothing was deleted since the last wipe. */
export function unwipedMark(database: Database): string | undefined {
  return database
    .prepare<[string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
    .get(UNWIPED_KEY);
}

/** Notes that the file was wiped, unless more was deleted since `mark` was read. */
export function clearUnwiped(database: Database, mark: string): void {
  database
    .prepare<[string, string]>('DELETE FROM meta WHERE key = ? AND value = ?')
    .run(UNWIPED_KEY, mark);
}

// --- internal ---

/** The row of `meta` that counts deletions since the file was last wiped. */
const UNWIPED_KEY = 'service_unwiped';
