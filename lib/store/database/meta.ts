import type { Database } from './sqlite.ts';

/** A database that was found corrupt and moved aside; shown until it is acknowledged. */
export interface MovedAside {
  readonly path: string;
  readonly at: number;
  readonly reason: string;
}

/** The row of `meta` with the version of Claude Code that was last seen at work. */
export const CLAUDE_VERSION_KEY = 'claude_version';

/**
 * The row of `meta` that says that freed pages may still hold what was deleted: those of a database from before
 * `secure_delete`, until `wipe` has rewritten it.
 */
export const UNWIPED_KEY = 'freed_pages_unwiped';

const KEY = 'corrupt_moved_to';

/** Records in the fresh database where the corrupt one was moved to. */
export function noteMovedAside(database: Database, moved: MovedAside): void {
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(KEY, JSON.stringify(moved));
}

/** Records that no freed page of the database holds what was deleted. */
export function noteWiped(database: Database): void {
  database.prepare('DELETE FROM meta WHERE key = ?').run(UNWIPED_KEY);
}

/** True when no freed page of the database holds what was deleted. */
export function isWiped(database: Database): boolean {
  return database.prepare('SELECT 1 FROM meta WHERE key = ?').get(UNWIPED_KEY) === undefined;
}

/** Records the version of Claude Code that is at work; writes nothing when it is known already. */
export function noteClaudeVersion(database: Database, version: string): void {
  database
    .prepare<[string, string]>(
      `INSERT INTO meta (key, value) VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`,
    )
    .run(CLAUDE_VERSION_KEY, version);
}
