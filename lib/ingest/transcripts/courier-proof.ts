import type { Clock } from '../../base/clock.ts';
import { Deadline } from '../../base/deadline.ts';
import type { Config } from '../../config/config.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import type { Database } from '../../store/database/database.ts';
import { endedSessions } from '../../store/queries/transcripts/ended-sessions.ts';
import { TranscriptProofs } from '../../store/writers/transcript-proofs.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';
import { sessionAt } from '../../transcript/claude-code/transcript-files.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { TranscriptImport } from './transcript-import.ts';

/** What the courier compares sessions with. */
export interface CourierProofOptions {
  readonly clock: Clock;
  readonly log: () => TrackerLog;
  /** Ingests events. */
  readonly take: (batch: readonly SpoolFile[]) => unknown;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
}

/**
 * Compares sessions that have ended with their transcripts, and takes in what is missing. It has two seconds for each, since
 * events wait meanwhile; what takes longer, or has brought three couriers to their end, is left to `reconcile`.
 */
export class CourierProof {
  readonly #options: CourierProofOptions;
  /** What this courier has tried: when each session had ended, by its id. */
  readonly #tried = new Map<string, number>();

  constructor(options: CourierProofOptions) {
    this.#options = options;
  }

  /** Looks at one session, if one has ended; true if something was missing and is recorded now. @throws SQLite's error */
  async run(database: Database, config: Config, signal: AbortSignal): Promise<boolean> {
    if (config.transcripts === 'off') return false;
    const { clock, log, take, clean } = this.#options;
    const now = clock();
    const ended = endedSessions(database, { from: now - DAY_MS, to: now - SETTLE_MS });
    const next = ended.find(({ id, endedAt }) => this.#tried.get(id) !== endedAt);
    if (!next) return false;
    this.#tried.set(next.id, next.endedAt);
    const session = sessionAt(next.transcriptPath);
    if (session?.id !== next.id) return false;
    const proofs = new TranscriptProofs(database);
    proofs.begin(next.id);
    const before = proofs.get(next.id)?.recovered ?? 0;
    const budget = Deadline.in(BUDGET_MS);
    let proof: TranscriptProof | undefined;
    const onProof = (one: TranscriptProof) => void (proof = one);
    const transcripts = new TranscriptImport(database, { clock, take, clean, onProof });
    const isRead = await transcripts.session(session, {
      isOver: () => signal.aborted || budget.isOver,
    });
    transcripts.flush();
    if (!isRead || !proof) {
      log().info('A transcript is too long to be compared by the way', { session: next.id });
      return false;
    }
    const recovered = proof.recovered - before;
    if (recovered > 0) {
      log().warn('Calls were recovered from a transcript', {
        session: next.id,
        recovered,
        reasons: JSON.stringify(proof.reasons),
      });
    }
    return recovered > 0;
  }
}

// --- internal ---

const DAY_MS = 86_400_000;
/** How long Claude Code may take to end after it has told hooks so, in milliseconds. */
const SETTLE_MS = 1_000;
const BUDGET_MS = 2_000;
