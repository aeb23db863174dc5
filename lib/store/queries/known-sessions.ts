import type { Database } from '../database/database.ts';

/** Which sessions are recorded. */
export interface KnownSessions {
  /** Those of the given ids of which something is recorded. */
  readonly known: ReadonlySet<string>;
  /** When the first session that is recorded began, in milliseconds since 1970; null for none. */
  readonly firstAt: number | null;
}

/** Looks for sessions by their ids. */
export function knownSessions(database: Database, ids: readonly string[]): KnownSessions {
  const known = database
    .prepare<[string], string>(
      'SELECT id FROM sessions WHERE id IN (SELECT value FROM json_each(?))',
    )
    .pluck()
    .all(JSON.stringify(ids));
  const firstAt = database
    .prepare<[], number | null>('SELECT min(started_at) FROM sessions')
    .pluck()
    .get();
  return { known: new Set(known as readonly string[]), firstAt: firstAt ?? null };
}
