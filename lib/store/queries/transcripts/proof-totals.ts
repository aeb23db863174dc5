import type { Database } from '../../database/database.ts';

/** What the last comparisons of all sessions with their transcripts have proven. */
export interface ProofTotals {
  readonly sessions: number;
  /** Calls that the transcripts tell; `tracked` of them are recorded, `recovered` of these from transcripts only. */
  readonly calls: number;
  readonly tracked: number;
  readonly recovered: number;
  /** When the last one was made, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Undefined when no session was compared. */
export function proofTotals(database: Database): ProofTotals | undefined {
  const totals = database
    .prepare<[], ProofTotals>(
      `SELECT count(*) AS sessions, coalesce(sum(calls), 0) AS calls, coalesce(sum(tracked), 0) AS tracked,
         coalesce(sum(recovered), 0) AS recovered, coalesce(max(at), 0) AS at
       FROM transcript_proofs WHERE at > 0`,
    )
    .get();
  return totals?.sessions ? totals : undefined;
}
