import type { Database } from '../../store/database/database.ts';

/** How many rows the outbox of a sink has. */
export interface OutboxTotals {
  /** Events that wait to be delivered. */
  readonly waiting: number;
  /** Dead letters. */
  readonly dead: number;
  /** Events that were attempted at `since` or later, and not acknowledged. */
  readonly failed: number;
  /** When the first waiting event was added, in milliseconds since 1970 UTC; null when none waits. */
  readonly oldestAt: number | null;
}

/** Counts the outbox of a sink, from its indexes alone. `since` is in milliseconds since 1970 UTC. */
export function outboxTotals(database: Database, sink: string, since = 0): OutboxTotals {
  const totals = database
    .prepare<[Record<string, string | number>], OutboxTotals>(
      `SELECT
         (SELECT count(*) FROM outbox INDEXED BY outbox_live
          WHERE sink = @sink AND dead_at IS NULL) AS waiting,
         (SELECT count(*) FROM outbox INDEXED BY outbox_dead
          WHERE sink = @sink AND dead_at IS NOT NULL) AS dead,
         (SELECT count(*) FROM outbox INDEXED BY outbox_attempted
          WHERE sink = @sink AND attempted_at IS NOT NULL AND attempted_at >= @since) AS failed,
         (SELECT created_at FROM outbox INDEXED BY outbox_live
          WHERE sink = @sink AND dead_at IS NULL ORDER BY id LIMIT 1) AS oldestAt`,
    )
    .get({ sink, since });
  return totals ?? { waiting: 0, dead: 0, failed: 0, oldestAt: null };
}

/** What is in the outboxes of all destinations but `current`, by their names. Looks at the index alone. */
export function otherDestinations(
  database: Database,
  current: string,
): { readonly name: string; readonly waiting: number; readonly dead: number }[] {
  return database
    .prepare<[], string>(
      // One step of the index for each name, however many rows have it.
      `WITH RECURSIVE names (name) AS (
         SELECT min(sink) FROM outbox
         UNION ALL SELECT (SELECT min(sink) FROM outbox WHERE sink > name) FROM names WHERE name IS NOT NULL)
       SELECT name FROM names WHERE name IS NOT NULL`,
    )
    .pluck()
    .all()
    .filter((name) => name !== current)
    .map((name) => {
      const { waiting, dead } = outboxTotals(database, name);
      return { name, waiting, dead };
    });
}

/** True when there is anything in the outbox of a sink. */
export function hasOutboxRows(database: Database, sink: string): boolean {
  const row = database.prepare<[string]>('SELECT 1 FROM outbox WHERE sink = ? LIMIT 1').get(sink);
  return row !== undefined;
}
