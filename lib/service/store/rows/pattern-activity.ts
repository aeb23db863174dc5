import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../base/json.ts';
import type { StoredPattern } from './stored-pattern.ts';

/** One use of a pattern. */
export interface PatternUse {
  readonly at: number;
  readonly sessionId: string | null;
  readonly filePath: string | null;
  readonly machine: string | null;
  /** The tool call's duration, if known. */
  readonly durationMs: number | null;
}

/** What somebody said about a pattern. */
export interface Feedback {
  readonly id: string;
  readonly patternId: string;
  readonly feedbackType: string;
  readonly isSuccess: boolean | null;
  /** 0 to 1. */
  readonly rating: number | null;
  readonly executionTimeMs: number | null;
  readonly sessionId: string | null;
  readonly comment: string | null;
  readonly at: number;
  readonly extra: JsonObject;
}

/** Whether two say the same, whenever they came. */
export function isSameFeedback(one: Feedback, other: Feedback): boolean {
  return isDeepStrictEqual({ ...one, at: 0 }, { ...other, at: 0 });
}

/** What happened to a pattern within a time. */
export interface PatternActivity {
  readonly pattern: Pick<StoredPattern, 'id' | 'firstSeenAt'>;
  /** Newest first, at most `MAX_USES`. */
  readonly uses: readonly PatternUse[];
  /** Newest first, at most `MAX_USES`. */
  readonly feedback: readonly Feedback[];
  /** True when there were more of either. */
  readonly isCut: boolean;
}

/** The most uses, and the most feedback, of one activity. Stores read one more, which tells of a cut. */
export const MAX_USES = 10_000;

/** An improvement that was noted as applied to a pattern. */
export interface AppliedImprovement {
  readonly improvementId: string;
  readonly patternId: string;
  readonly isForced: boolean;
  readonly at: number;
}

/** The most improvements of one pattern that a store lists. */
export const MAX_IMPROVEMENTS = 1_000;

/** That of a pattern which no store knows, or not yet: its events may still wait on a machine. */
export function noActivity(id: string): PatternActivity {
  return { pattern: { id, firstSeenAt: 0 }, uses: [], feedback: [], isCut: false };
}

/** Cuts what a store has read, up to `MAX_USES + 1` of each, to `MAX_USES`. */
export function activityFrom(
  pattern: StoredPattern,
  uses: readonly PatternUse[],
  feedback: readonly Feedback[],
): PatternActivity {
  return {
    pattern,
    uses: uses.slice(0, MAX_USES),
    feedback: feedback.slice(0, MAX_USES),
    isCut: uses.length > MAX_USES || feedback.length > MAX_USES,
  };
}
