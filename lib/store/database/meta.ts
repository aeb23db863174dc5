import { Counters } from './counters.ts';
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
 * The row of `meta` that counts deletions since the file was last rewritten: unused parts of its pages may still hold
 * what was deleted. In a database from before `secure_delete` there is a row, too.
 */
export const UNWIPED_KEY = 'freed_pages_unwiped';

/** The row of `meta` that says when the file was last rewritten, in milliseconds since 1970 UTC. */
export const REWRITTEN_KEY = 'rewritten_at';

/** The row of `meta` that tells which files the quarantine has lost, until that is acknowledged. */
export const EVICTED_KEY = 'quarantine_evicted';

/** The row of `meta` that says since when redactions are counted by rule, in milliseconds since 1970 UTC. */
export const COUNTED_SINCE_KEY = 'redactions_counted_since';

/** The row of `meta` that says how far `redact rescan` is, while one is not at its end. */
export const RESCAN_KEY = 'redaction_rescan';

/** The row of `meta` that says which backup outside the folder of backups was made last. */
const BACKUP_KEY = 'last_backup';

const KEY = 'corrupt_moved_to';

/** Records in the fresh database where the corrupt one was moved to. */
export function noteMovedAside(database: Database, moved: MovedAside): void {
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(KEY, JSON.stringify(moved));
}

/** Notes where a backup was put that nobody would look for elsewhere; `at` is in milliseconds since 1970 UTC. */
export function noteBackup(
  database: Database,
  backup: { readonly path: string; readonly at: number },
): void {
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(BACKUP_KEY, JSON.stringify(backup));
}

/** The backup that {@link noteBackup} has noted last. */
export function readLastBackup(
  database: Database,
): { readonly path: string; readonly at: number } | undefined {
  return database
    .prepare<[string], { path: string; at: number }>(
      `SELECT value ->> '$.path' AS path, value ->> '$.at' AS at FROM meta
       WHERE key = ? AND json_valid(value)`,
    )
    .get(BACKUP_KEY);
}

/** Notes that something was deleted: call it in the same transaction. */
export function noteUnwiped(database: Database): void {
  database
    .prepare<[string]>(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT)`,
    )
    .run(UNWIPED_KEY);
}

/** Counts files that the quarantine has lost at `now`, in milliseconds since 1970, and notes it until that is acknowledged. */
export function noteEvicted(database: Database, files: number, now: number): void {
  new Counters(database).add('quarantine_evicted', files);
  database
    .prepare<[string, number, number]>(
      `INSERT INTO meta (key, value) VALUES (?, json_object('files', ?, 'at', ?))
       ON CONFLICT (key) DO UPDATE SET value = json_object(
         'files', value ->> '$.files' + (excluded.value ->> '$.files'),
         'at', excluded.value ->> '$.at')`,
    )
    .run(EVICTED_KEY, files, now);
}

/** What tells the present deletions from later ones; undefined when nothing was deleted since the last rewriting. */
export function unwipedMark(database: Database): string | undefined {
  return database
    .prepare<[string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
    .get(UNWIPED_KEY);
}

/**
 * Notes that the file was rewritten, and that nothing is left in it of what was deleted before `mark` was read. `now` is
 * in milliseconds since 1970 UTC.
 */
export function noteRewritten(database: Database, mark: string, now: number): void {
  database
    .prepare<[string, string]>('DELETE FROM meta WHERE key = ? AND value = ?')
    .run(UNWIPED_KEY, mark);
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(REWRITTEN_KEY, String(now));
}

/** True when no unused part of the file holds what was deleted. */
export function isWiped(database: Database): boolean {
  return unwipedMark(database) === undefined;
}

/** When the file was last rewritten, in milliseconds since 1970 UTC; undefined if it never was. */
export function rewrittenAt(database: Database): number | undefined {
  const value = database
    .prepare<[string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
    .get(REWRITTEN_KEY);
  return value === undefined ? undefined : Number(value);
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
