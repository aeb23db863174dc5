import type { Feedback, PatternActivity, PatternUse } from '../store/rows/pattern-activity.ts';
import { compareCounts, mean, percentile, rounded, slope } from './statistics.ts';
import { daysOf } from './time-window.ts';
import type { TimeWindow } from './time-window.ts';

/** What is known about a pattern within a time window. Rates are 0 to 1; null means no data. */
export interface Analytics {
  readonly usage: UsageMetrics;
  readonly success: SuccessMetrics;
  /** Null when nothing told how long an execution took. */
  readonly performance: PerformanceMetrics | null;
  /** Null when the pattern was not used within the window. */
  readonly trend: TrendAnalysis | null;
  readonly distribution: UsageDistribution;
  /** How reliable the numbers are, 0 to 1: `dataPoints` as a share of {@link ENOUGH_POINTS}, at most 1. */
  readonly quality: number;
  /** Uses and feedback counted together. */
  readonly dataPoints: number;
}

/** How much a pattern was used. */
export interface UsageMetrics {
  readonly total_executions: number;
  readonly executions_per_day: number;
  readonly executions_per_week: number;
  /** Distinct sessions. */
  readonly unique_contexts: number;
  /** Distinct machines, because the API knows no users. */
  readonly unique_users: number;
}

/** How well a pattern did, from feedback. Rates are 0 where the counts are: clients add them up without a look. */
export interface SuccessMetrics {
  /** The share of successes in feedback that says `success`, 0 to 1. */
  readonly success_rate: number;
  /** The share of failures in the same feedback. */
  readonly error_rate: number;
  /** The mean `rating`, 0 to 1. */
  readonly avg_quality_score: number;
  /** How much feedback says `success`: yes, no. */
  readonly success_count: number;
  readonly failure_count: number;
  /** How much feedback has a `rating`. */
  readonly rating_count: number;
}

/** How long executions took, in milliseconds. Percentiles are by nearest rank. */
export interface PerformanceMetrics {
  readonly avg_execution_time_ms: number;
  readonly p95_execution_time_ms: number;
  readonly p99_execution_time_ms: number;
}

/** How the use of a pattern changes within a window. */
export interface TrendAnalysis {
  /**
   * `emerging`: first seen in the second half. `growing`, `declining`, `abandoned` (no use in the second
   * half): the halves differ with a confidence of at least 0.95. Else `stable`.
   */
  readonly trend_type: 'growing' | 'stable' | 'declining' | 'emerging' | 'abandoned';
  /** Slope of the regression line: by how many uses a day the use changes each day. */
  readonly velocity: number;
  /** Change from the first half of the window to the second, in percent; null without uses in the first. */
  readonly growth_percentage: number | null;
  /** 1 less the probability that the halves differ by chance (Poisson). */
  readonly confidence_score: number;
}

/** When a pattern was used. */
export interface UsageDistribution {
  /** Uses in each hour of the day, UTC. */
  readonly by_hour: readonly number[];
  /** Uses on each day of the week, Sunday first, UTC. */
  readonly by_weekday: readonly number[];
}

/** A mean of this many observations counts as normally distributed, by the common rule of thumb. */
export const ENOUGH_POINTS = 30;

/** Computes the analytics of a window. The same activity always gives the same numbers. */
export function analyse(activity: PatternActivity, window: TimeWindow): Analytics {
  const uses = activity.uses.filter(({ at }) => at >= window.from && at < window.to);
  const feedback = activity.feedback.filter(({ at }) => at >= window.from && at < window.to);
  const dataPoints = uses.length + feedback.length;
  return {
    usage: usageOf(uses, window),
    success: successOf(feedback),
    performance: performanceOf(executionTimes(uses, feedback)),
    trend: trendOf(uses, activity.pattern.firstSeenAt, window),
    distribution: distributionOf(uses),
    quality: rounded(Math.min(1, dataPoints / ENOUGH_POINTS)),
    dataPoints,
  };
}

/** How long executions took, in milliseconds: durations of uses, and execution times in feedback. */
export function executionTimes(
  uses: readonly PatternUse[],
  feedback: readonly Feedback[],
): number[] {
  return [
    ...uses.map(({ durationMs }) => durationMs),
    ...feedback.map(({ executionTimeMs }) => executionTimeMs),
  ].filter((time) => time !== null);
}

// --- internal ---

/** The confidence from which a difference between the halves counts as a trend: the usual 5 % level. */
const TREND_CONFIDENCE = 0.95;
/** Equal parts of a window; the regression line is fitted to their counts. */
const BUCKETS = 10;

function usageOf(uses: readonly PatternUse[], window: TimeWindow): UsageMetrics {
  const perDay = uses.length / daysOf(window);
  return {
    total_executions: uses.length,
    executions_per_day: rounded(perDay),
    executions_per_week: rounded(perDay * 7),
    unique_contexts: countDistinct(uses.map(({ sessionId }) => sessionId)),
    unique_users: countDistinct(uses.map(({ machine }) => machine)),
  };
}

function successOf(feedback: readonly Feedback[]): SuccessMetrics {
  const judged = feedback.filter(({ isSuccess }) => isSuccess !== null);
  const successes = judged.filter(({ isSuccess }) => isSuccess).length;
  const share = (count: number) => (judged.length === 0 ? 0 : rounded(count / judged.length));
  const ratings = feedback.map(({ rating }) => rating).filter((rating) => rating !== null);
  return {
    success_rate: share(successes),
    error_rate: share(judged.length - successes),
    avg_quality_score: rounded(mean(ratings) ?? 0),
    success_count: successes,
    failure_count: judged.length - successes,
    rating_count: ratings.length,
  };
}

function performanceOf(times: readonly number[]): PerformanceMetrics | null {
  const sorted = times.toSorted((a, b) => a - b);
  const average = mean(sorted);
  const [p95, p99] = [percentile(sorted, 0.95), percentile(sorted, 0.99)];
  if (average === null || p95 === null || p99 === null) return null;
  return {
    avg_execution_time_ms: rounded(average, 3),
    p95_execution_time_ms: rounded(p95, 3),
    p99_execution_time_ms: rounded(p99, 3),
  };
}

/** Null without uses in the window, because no line fits to nothing. */
function trendOf(
  uses: readonly PatternUse[],
  firstSeenAt: number,
  window: TimeWindow,
): TrendAnalysis | null {
  const middle = (window.from + window.to) / 2;
  const after = uses.filter(({ at }) => at >= middle).length;
  const before = uses.length - after;
  const test = compareCounts(before, after);
  if (!test) return null;
  const bucketDays = daysOf(window) / BUCKETS;
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const { at } of uses) {
    const index = Math.floor(((at - window.from) / (window.to - window.from)) * BUCKETS);
    counts[Math.min(index, BUCKETS - 1)]! += 1;
  }
  const velocity = slope(counts.map((count) => count / bucketDays)) ?? 0;
  const confidence = 1 - test.pValue;
  return {
    trend_type: trendType(),
    velocity: rounded(velocity / bucketDays),
    growth_percentage: before === 0 ? null : rounded(((after - before) / before) * 100, 2),
    confidence_score: rounded(confidence),
  };

  function trendType(): TrendAnalysis['trend_type'] {
    const isCertain = confidence >= TREND_CONFIDENCE;
    if (firstSeenAt >= middle) return 'emerging';
    if (!isCertain) return 'stable';
    if (after === 0) return 'abandoned';
    return after > before ? 'growing' : 'declining';
  }
}

function distributionOf(uses: readonly PatternUse[]): UsageDistribution {
  const by_hour = Array.from({ length: 24 }, () => 0);
  const by_weekday = Array.from({ length: 7 }, () => 0);
  for (const { at } of uses) {
    const date = new Date(at);
    by_hour[date.getUTCHours()]! += 1;
    by_weekday[date.getUTCDay()]! += 1;
  }
  return { by_hour, by_weekday };
}

function countDistinct(values: readonly (string | null)[]): number {
  return new Set(values.filter((value) => value !== null)).size;
}
