import type { Database } from '../../database/database.ts';

/**
 * How often somebody else than `AuthorshipTables` has changed what is known of files through this connection. What it
 * keeps in memory is stale then, and would bring back what was forgotten.
 */
export function statesRevision(database: Database): number {
  return REVISIONS.get(database) ?? 0;
}

/** Notes that what is known of files was changed by others than `AuthorshipTables`. */
export function noteStatesChanged(database: Database): void {
  REVISIONS.set(database, statesRevision(database) + 1);
}

// --- internal ---

const REVISIONS = new WeakMap<Database, number>();
