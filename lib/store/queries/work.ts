import type { Database } from '../database/database.ts';
import { TEST_SESSION_PREFIX } from './conditions.ts';

/** What Claude did in some time. What `capture-test` recorded is left out. */
export interface Work {
  readonly sessions: number;
  readonly toolCalls: number;
  readonly failedToolCalls: number;
  /** Different files that code was written to. */
  readonly files: number;
  readonly linesAdded: number;
  readonly linesRemoved: number;
}

/** What Claude did since a time in milliseconds since 1970. Reads rows of that time only. */
export function workSince(database: Database, since: number): Work {
  const work = database
    .prepare<[{ since: number }], Work>(
      // The cross join makes SQLite go from the few sessions to their occurrences.
      `SELECT count(*) AS toolCalls, coalesce(sum(outcome = 'failed'), 0) AS failedToolCalls,
         coalesce(sum(lines_added), 0) AS linesAdded, coalesce(sum(lines_removed), 0) AS linesRemoved,
         (SELECT count(*) FROM sessions
          WHERE last_event_at >= @since AND id NOT GLOB '${TEST_SESSION_PREFIX}*') AS sessions,
         (SELECT count(DISTINCT o.file_path)
          FROM sessions s CROSS JOIN occurrences o ON o.session_id = s.id AND o.at >= @since
            AND o.authorship = 'authored'
          WHERE s.last_event_at >= @since AND s.id NOT GLOB '${TEST_SESSION_PREFIX}*') AS files
       FROM tool_calls WHERE at >= @since AND session_id NOT GLOB '${TEST_SESSION_PREFIX}*'`,
    )
    .get({ since });
  return work ?? NONE;
}

// --- internal ---

const NONE: Work = {
  sessions: 0,
  toolCalls: 0,
  failedToolCalls: 0,
  files: 0,
  linesAdded: 0,
  linesRemoved: 0,
};
