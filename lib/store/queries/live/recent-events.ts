import type { Database } from '../../database/database.ts';

/** How many events were stored since a time in milliseconds since 1970, and when the newest was captured. */
export interface RecentEvents {
  readonly count: number;
  readonly newestAt: number | null;
}

/** Events since a time; those of that time only are read. */
export function recentEvents(database: Database, since: number): RecentEvents {
  return (
    database
      .prepare<[number], RecentEvents>(
        `SELECT (SELECT count(*) FROM events WHERE received_at >= ?) AS count,
           (SELECT max(received_at) FROM events) AS newestAt`,
      )
      .get(since) ?? { count: 0, newestAt: null }
  );
}
