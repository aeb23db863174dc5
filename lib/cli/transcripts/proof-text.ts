import { counted } from '../../base/amount-text.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';

/** The proofs of some sessions, together. */
export interface ProofSums {
  readonly sessions: number;
  readonly calls: number;
  readonly tracked: number;
  /** Of the calls that are not recorded, those that were forgotten or are not to be kept. */
  readonly leftOut: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Adds up some proofs. */
export function proofSums(proofs: readonly TranscriptProof[]): ProofSums {
  const reasons: Record<string, number> = {};
  let [calls, tracked] = [0, 0];
  for (const proof of proofs) {
    calls += proof.calls;
    tracked += proof.tracked;
    for (const [reason, count] of Object.entries(proof.reasons)) {
      reasons[reason] = (reasons[reason] ?? 0) + count;
    }
  }
  return { sessions: proofs.length, calls, tracked, leftOut: reasons['left_out'] ?? 0, reasons };
}

/** `1,204 of 1,204 calls of 31 sessions`. */
export function proofText({
  sessions,
  calls,
  tracked,
}: Omit<ProofSums, 'reasons' | 'leftOut'>): string {
  return `${tracked.toLocaleString('en-US')} of ${counted(calls, 'call')} of ${counted(sessions, 'session')}`;
}
