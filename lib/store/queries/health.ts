import type { Database } from '../database/database.ts';

/** A token of the service that is valid, or was until it expired. */
export interface TokenLife {
  readonly name: string;
  readonly digest: string;
  /** Milliseconds since 1970 UTC; null for one that does not expire. */
  readonly expiresAt: number | null;
}

/** The tokens of the service that nobody has revoked, the first to expire first. */
export function tokenLives(database: Database): TokenLife[] {
  return database
    .prepare<[], TokenLife>(
      `SELECT name, digest, expires_at AS expiresAt FROM api_tokens
       WHERE revoked_at IS NULL ORDER BY expires_at NULLS LAST, name`,
    )
    .all();
}

/** The faults that SQLite's `quick_check` finds in the file, at most `limit`; empty for a sound one. */
export function quickCheck(database: Database, limit: number): string[] {
  const rows = database.prepare<[], string>(`PRAGMA quick_check(${limit})`).pluck().all();
  return rows.filter((row) => row !== 'ok');
}
