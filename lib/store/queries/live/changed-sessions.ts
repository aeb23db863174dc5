import type { Database } from '../../database/database.ts';

/**
 * The sessions of the events that were stored after the one with the id `after`; null if these are more than `most`, or if
 * there is no such event any more, so that it cannot be told.
 */
export function changedSessions(
  database: Database,
  after: number,
  most: number,
): readonly string[] | null {
  const [newest, events] = database
    .prepare<[number, number], [number, number]>(
      `SELECT (SELECT coalesce(max(id), 0) FROM events), (SELECT count(*) FROM (SELECT 1 FROM events WHERE id > ? LIMIT ?))`,
    )
    .raw()
    .get(after, most + 1) as [number, number];
  if (newest < after || events > most) return null;
  return database
    .prepare<[number], string>('SELECT DISTINCT session_id FROM events WHERE id > ?')
    .pluck()
    .all(after);
}
