import { asNumber, asObject } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';
import type { Database } from '../../database/database.ts';

/** The facts of a session. Times are milliseconds since 1970 UTC. */
export interface SessionHead {
  readonly id: string;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
  readonly cwd: string | null;
  readonly gitBranch: string | null;
  readonly source: string | null;
  readonly startedAt: number;
  /** Null while it runs, and after Claude was killed. */
  readonly endedAt: number | null;
  readonly endReason: string | null;
  readonly lastEventAt: number;
  readonly model: string | null;
  /** Since when it waits for the user; null when it does not. */
  readonly waitingSince: number | null;
  readonly prompts: number;
  /** Turns that an error of the API ended. */
  readonly failedTurns: number;
}

/** How what is recorded of a session compares with its transcript. */
export interface SessionProof {
  /** When they were compared, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** False if the end of the transcript was left for the next time. */
  readonly isWhole: boolean;
  /** Calls that the transcript tells. */
  readonly transcript: number;
  /** Of these, recorded, and not. */
  readonly tracked: number;
  readonly missing: number;
  /** Recorded, and not in the transcript. */
  readonly extra: number;
  /** Recorded from the transcript only. */
  readonly recovered: number;
  readonly disagreeing: number;
  readonly rewritten: number;
  /** Why calls had to be recovered, or are missing, and how many. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The facts of a session and its last proof, null if it was not compared; undefined if it is not recorded. */
export function sessionHead(
  database: Database,
  sessionId: string,
): { readonly session: SessionHead; readonly proof: SessionProof | null } | undefined {
  const session = database
    .prepare<[string], SessionHead>(
      `SELECT s.id, project.root AS projectRoot, project.name AS projectName, s.cwd, s.git_branch AS gitBranch,
         s.source, s.started_at AS startedAt, s.ended_at AS endedAt, s.end_reason AS endReason,
         s.last_event_at AS lastEventAt, s.model,
         CASE WHEN s.ended_at IS NULL AND s.waiting_at = s.last_event_at THEN s.waiting_at END AS waitingSince,
         s.prompts, s.failed_turns AS failedTurns
       FROM sessions s LEFT JOIN projects project ON project.id = s.project_id WHERE s.id = ?`,
    )
    .get(sessionId);
  const proof = database
    .prepare<[string], ProofRow>(
      `SELECT at, is_whole AS isWhole, calls AS transcript, tracked, calls - tracked AS missing, extra, recovered,
         disagreeing, rewritten, reasons
       FROM transcript_proofs WHERE session_id = ? AND at > 0`,
    )
    .get(sessionId);
  return session && { session, proof: proof ? proofOf(proof) : null };
}

// --- internal ---

interface ProofRow extends Omit<SessionProof, 'isWhole' | 'reasons'> {
  readonly isWhole: 0 | 1;
  readonly reasons: string;
}

function proofOf({ isWhole, reasons, ...numbers }: ProofRow): SessionProof {
  const counts = Object.entries(asObject(JSON.parse(reasons) as Json) ?? {}).flatMap(
    ([reason, value]): [string, number][] => {
      const count = asNumber(value);
      return count === undefined ? [] : [[reason, count]];
    },
  );
  return { ...numbers, isWhole: isWhole === 1, reasons: Object.fromEntries(counts) };
}
