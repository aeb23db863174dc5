import { DAY_MS } from '../../lib/service/analysis/time-window.ts';
import type { TimeWindow } from '../../lib/service/analysis/time-window.ts';
import type {
  Feedback,
  PatternActivity,
  PatternUse,
} from '../../lib/service/store/rows/pattern-activity.ts';
import { NOON } from './service-fixture.ts';

/** Seven days. */
export const WINDOW: TimeWindow = { from: NOON - 7 * DAY_MS, to: NOON, type: 'weekly' };

export function useAt(day: number, further: Partial<PatternUse> = {}): PatternUse {
  const at = Math.round(WINDOW.from + day * DAY_MS);
  return { at, sessionId: null, filePath: null, machine: null, durationMs: null, ...further };
}

export function feedbackAt(day: number, further: Partial<Feedback> = {}): Feedback {
  return {
    id: `f-${day}`,
    patternId: 'p',
    feedbackType: 'performance',
    isSuccess: null,
    rating: null,
    executionTimeMs: null,
    sessionId: null,
    comment: null,
    at: Math.round(WINDOW.from + day * DAY_MS),
    extra: {},
    ...further,
  };
}

export function activityOf({
  id = 'p',
  uses = [],
  feedback = [],
  firstSeenAt = WINDOW.from - DAY_MS,
}: {
  readonly id?: string;
  readonly uses?: readonly PatternUse[];
  readonly feedback?: readonly Feedback[];
  readonly firstSeenAt?: number;
} = {}): PatternActivity {
  return {
    pattern: { id, firstSeenAt },
    uses,
    feedback,
    isCut: false,
  };
}
