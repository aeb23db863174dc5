import type { Database } from '../../database/database.ts';

/** A session that has ended, and was not compared with its transcript since. */
export interface EndedSession {
  readonly id: string;
  readonly transcriptPath: string;
  /** Milliseconds since 1970 UTC. */
  readonly endedAt: number;
}

/** Sessions that ended within a time, at most 100, the first at the front; none on which three couriers came to their end. */
export function endedSessions(
  database: Database,
  { from, to }: { readonly from: number; readonly to: number },
): EndedSession[] {
  return database
    .prepare<{ from: number; to: number }, EndedSession>(
      `SELECT id, transcript_path AS transcriptPath, ended_at AS endedAt FROM sessions
       WHERE last_event_at >= @from AND ended_at BETWEEN @from AND @to AND transcript_path IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM transcript_proofs
           WHERE session_id = id AND (at >= ended_at OR attempts >= 3))
       ORDER BY ended_at LIMIT 100`,
    )
    .all({ from, to });
}
