import type { Database } from '../../database/database.ts';

/** What the last comparisons of all sessions with their transcripts have proven. */
export interface ProofTotals {
  readonly sessions: number;
  /** Calls that the transcripts tell; `tracked` of them are recorded, `recovered` of these from transcripts only. */
  readonly calls: number;
  readonly tracked: number;
  readonly recovered: number;
  /** Calls that should be recorded and are not, and the sessions that they are of. */
  readonly missing: number;
  readonly incompleteSessions: number;
  /** Sessions that were compared before a repair or a restore, and not since. The other numbers leave them out. */
  readonly outdatedSessions: number;
  /** When the last one was made, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Undefined when no session was compared. */
export function proofTotals(database: Database): ProofTotals | undefined {
  const totals = database
    .prepare<[], ProofTotals>(
      `SELECT count(*) FILTER (WHERE at > 0) AS sessions, coalesce(sum(calls) FILTER (WHERE at > 0), 0) AS calls,
         coalesce(sum(tracked) FILTER (WHERE at > 0), 0) AS tracked,
         coalesce(sum(recovered) FILTER (WHERE at > 0), 0) AS recovered,
         coalesce(sum(missing) FILTER (WHERE at > 0), 0) AS missing,
         count(*) FILTER (WHERE at > 0 AND missing > 0) AS incompleteSessions,
         count(*) FILTER (WHERE at = 0 AND bytes > 0) AS outdatedSessions, coalesce(max(at), 0) AS at
       FROM (SELECT *, max(0, calls - tracked - coalesce(json_extract(reasons, '$.left_out'), 0)) AS missing
             FROM transcript_proofs)`,
    )
    .get();
  return totals && totals.sessions + totals.outdatedSessions > 0 ? totals : undefined;
}
