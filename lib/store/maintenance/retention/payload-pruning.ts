import type { Database } from '../../database/database.ts';

/** Which payloads go. Times are milliseconds since 1970 UTC. */
export interface DuePayloads {
  /** Those of events that were received before. */
  readonly limit: number;
  /**
   * An event of a later time, or of one before {@link EARLIEST}, was received while the clock was wrong: it goes with those
   * that were stored after it.
   */
  readonly now: number;
  /** How many of those that are due go at most, the oldest first. */
  readonly most: number;
}

/** When nothing can have been recorded yet: Claude Code had no hooks. A machine whose clock has lost its battery begins in 1970. */
const EARLIEST = Date.UTC(2025, 0);

/** The first time that can be so where it is `now`, in milliseconds since 1970; 0 where nothing is said of now. */
export function earliestPossible(now: number): number {
  return now >= EARLIEST && now < Infinity ? EARLIEST : 0;
}

/** Removes payloads of events; returns how many. Call it in a transaction. */
export function prunePayloads(database: Database, { limit, now, most }: DuePayloads): number {
  database.exec(`DROP TABLE IF EXISTS temp.due_events;
    CREATE TEMP TABLE due_events (id INTEGER PRIMARY KEY)`);
  const earliest = earliestPossible(now);
  const due = database
    .prepare<[number, number]>(
      `INSERT INTO temp.due_events SELECT id FROM events
       WHERE payload IS NOT NULL AND received_at >= ? AND received_at < ? ORDER BY received_at LIMIT ${most}`,
    )
    .run(earliest, limit).changes;
  if (due === 0) return 0;
  const odd = database
    .prepare<[number, number]>(
      `INSERT OR IGNORE INTO temp.due_events SELECT id FROM events
       WHERE payload IS NOT NULL AND (received_at > ? OR received_at < ?)
         AND id < (SELECT max(id) FROM temp.due_events)
       LIMIT ${ODD_ROWS}`,
    )
    .run(now, earliest).changes;
  clearPayloads(database);
  return due + odd;
}

/** How many events have a payload. */
export function countPayloads(database: Database): number {
  const count = database.prepare('SELECT count(*) FROM events WHERE payload IS NOT NULL');
  return Number(count.pluck().get());
}

// --- internal ---

/** Events of a time that cannot be that go at most at once: few, so that no other process waits long for the lock. */
const ODD_ROWS = 500;

/**
 * Removes the payloads of due_events. The rows are removed and added again, because SQLite joins pages that have become
 * nearly empty only when it removes rows; otherwise the file would not shrink.
 */
function clearPayloads(database: Database): void {
  const columns = database
    .prepare<[], string>("SELECT name FROM pragma_table_info('events') WHERE name != 'payload'")
    .pluck()
    .all()
    .map((name) => `"${name}"`)
    .join(', ');
  database.exec(`DROP TABLE IF EXISTS temp.pruned_events;
    CREATE TEMP TABLE pruned_events AS
      SELECT ${columns} FROM events WHERE id IN (SELECT id FROM temp.due_events);
    DELETE FROM events WHERE id IN (SELECT id FROM temp.due_events);
    INSERT INTO events (${columns}) SELECT ${columns} FROM temp.pruned_events;
    DROP TABLE temp.pruned_events;
    DROP TABLE temp.due_events`);
}
