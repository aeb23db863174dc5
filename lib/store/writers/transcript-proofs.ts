import type { Database } from '../database/database.ts';

/** How what is recorded of a session compares with its transcript. */
export interface TranscriptProof {
  readonly sessionId: string;
  /** When they were compared, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** Of the transcript's files. */
  readonly bytes: number;
  /** False if the end of the transcript was left for the next time. */
  readonly isWhole: boolean;
  /** Events that the transcript tells. */
  readonly events: number;
  /** Calls that the transcript tells; `tracked` of them are recorded. */
  readonly calls: number;
  readonly tracked: number;
  /** Recorded calls that the transcript does not tell. */
  readonly extra: number;
  /** Calls whose recorded outcome is another one. */
  readonly disagreeing: number;
  /** Calls that ran with another input than Claude asked for. */
  readonly rewritten: number;
  /** Calls that are recorded from the transcript only. */
  readonly recovered: number;
  /** Why calls had to be recovered, or are missing: how many of each. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Keeps the last proof of each session. */
export class TranscriptProofs {
  readonly #put;
  readonly #get;
  readonly #begin;

  constructor(database: Database) {
    this.#put = database.prepare(
      `INSERT INTO transcript_proofs (session_id, at, bytes, is_whole, attempts, events, calls, tracked, extra,
         disagreeing, rewritten, recovered, reasons)
       SELECT @sessionId, @at, @bytes, @isWhole, 0, @events, @calls, @tracked, @extra, @disagreeing,
         @rewritten, @recovered, @reasons
       WHERE EXISTS (SELECT 1 FROM sessions WHERE id = @sessionId)
       ON CONFLICT DO UPDATE SET at = excluded.at, bytes = excluded.bytes, is_whole = excluded.is_whole,
         attempts = 0, events = excluded.events, calls = excluded.calls, tracked = excluded.tracked,
         extra = excluded.extra, disagreeing = excluded.disagreeing, rewritten = excluded.rewritten,
         recovered = excluded.recovered, reasons = excluded.reasons`,
    );
    this.#get = database.prepare<[string], ProofRow>(
      `SELECT session_id AS sessionId, at, bytes, is_whole AS isWhole, events, calls, tracked, extra, disagreeing,
         rewritten, recovered, reasons
       FROM transcript_proofs WHERE session_id = ?`,
    );
    this.#begin = database.prepare<[string]>(
      `INSERT INTO transcript_proofs (session_id, at, bytes, is_whole, attempts, events, calls, tracked, extra,
         disagreeing, rewritten, recovered, reasons)
       SELECT id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, '{}' FROM sessions WHERE id = ?
       ON CONFLICT DO UPDATE SET attempts = attempts + 1`,
    );
  }

  /** The last proof of a session; undefined when there is none. */
  get(sessionId: string): TranscriptProof | undefined {
    const row = this.#get.get(sessionId);
    if (!row || row.at === 0) return undefined;
    const reasons = JSON.parse(row.reasons) as TranscriptProof['reasons'];
    return { ...row, isWhole: row.isWhole === 1, reasons };
  }

  /** Keeps a proof; not of a session of which nothing is recorded. */
  put(proof: TranscriptProof): void {
    const reasons = JSON.stringify(proof.reasons);
    this.#put.run({ ...proof, isWhole: proof.isWhole ? 1 : 0, reasons });
  }

  /** Counts that the courier begins with a session, in case it does not come to an end. */
  begin(sessionId: string): void {
    this.#begin.run(sessionId);
  }
}

/**
 * Takes back every proof, because rows may have been lost since. A later comparison proves a session again; until then it
 * counts as outdated.
 */
export function outdateProofs(database: Database): void {
  database.exec('UPDATE transcript_proofs SET at = 0, attempts = 0 WHERE at > 0');
}

// --- internal ---

interface ProofRow extends Omit<TranscriptProof, 'isWhole' | 'reasons'> {
  readonly isWhole: number;
  readonly reasons: string;
}
