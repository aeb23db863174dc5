import type { Database } from '../../database/database.ts';
import { TEST_SESSION_PREFIX } from '../conditions.ts';

/** How many sessions that had an event since a time, in milliseconds since 1970 UTC, wait for the user. */
export function countWaitingSessions(database: Database, since: number): number {
  return database
    .prepare<[number], number>(
      `SELECT count(*) FROM sessions
       WHERE last_event_at >= ? AND ended_at IS NULL AND waiting_at = last_event_at
         AND id NOT GLOB '${TEST_SESSION_PREFIX}*'`,
    )
    .pluck()
    .get(since) as number;
}
