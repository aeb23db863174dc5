import type { Database } from '../../store/database/database.ts';
import type { Sink } from '../sink.ts';

/**
 * Gives what waits for another destination to `to`; returns how many events that were. Call it in a
 * transaction, with the delivery lock of the sink. `now` is in milliseconds since 1970 UTC.
 */
export function readdress(
  database: Database,
  from: string,
  to: Pick<Sink, 'name' | 'retell'>,
  now: number,
): number {
  const moved = database
    .prepare<[string, string]>(
      'UPDATE OR IGNORE outbox SET sink = ?, not_before = 0, faults = 0 WHERE sink = ?',
    )
    .run(to.name, from).changes;
  // What is left waits for both, and counts once.
  for (const table of ['outbox', 'sinks', 'sink_patterns', 'breakers']) {
    database.prepare<[string]>(`DELETE FROM ${table} WHERE sink = ?`).run(from);
  }
  if (moved > 0) to.retell?.(database, to.name, now);
  return moved;
}
