import type { Database } from '../database.ts';

export interface OutboxTotals {
  /** Events that wait to be delivered. */
  readonly waiting: number;
  /** Dead letters. */
  readonly dead: number;
  /** Events that were attempted since then and are not acknowledged. */
  readonly failed: number;
  /** When the oldest of those that wait was put there; null when none waits. */
  readonly oldestAt: number | null;
  /** Characters of the bodies that wait. */
  readonly characters: number;
}

/** How much there is in the outbox of a sink. `since`: milliseconds since 1970. */
export function outboxTotals(database: Database, sink: string, since = 0): OutboxTotals {
  const totals = database
    .prepare<[Record<string, string | number>], OutboxTotals>(
      `SELECT count(*) FILTER (WHERE dead_at IS NULL) AS waiting,
         count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
         count(*) FILTER (WHERE attempts > 0 AND attempted_at >= @since) AS failed,
         min(created_at) FILTER (WHERE dead_at IS NULL) AS oldestAt,
         coalesce(sum(length(body)) FILTER (WHERE dead_at IS NULL), 0) AS characters
       FROM outbox WHERE sink = @sink`,
    )
    .get({ sink, since });
  return totals ?? { waiting: 0, dead: 0, failed: 0, oldestAt: null, characters: 0 };
}
