import type { Feedback, PatternActivity, PatternUse } from '../store/rows/pattern-activity.ts';
import { compareCounts, mean, percentile, rounded, slope } from './statistics.ts';
import { daysOf } from './time-window.ts';
import type { TimeWindow } from './time-window.ts';

/** What is known of a pattern within a window. Rates are 0 to 1; null where there is no data. */
export interface Analytics {
  readonly usage: UsageMetrics;
  readonly success: SuccessMetrics;
  readonly performance: PerformanceMetrics | null;
  readonly trend: TrendAnalysis | null;
  readonly distribution: UsageDistribution;
  /** How far the numbers can be relied on: 1 from `ENOUGH_POINTS` data points on. */
  readonly quality: number;
  /** Uses and feedback. */
  readonly dataPoints: number;
}

export interface UsageMetrics {
  readonly total_executions: number;
  readonly executions_per_day: number;
  readonly executions_per_week: number;
  /** Sessions. */
  readonly unique_contexts: number;
  /** Machines: the API has no users. */
  readonly unique_users: number;
}

export interface SuccessMetrics {
  readonly success_rate: number | null;
  readonly error_rate: number | null;
  readonly avg_quality_score: number | null;
}

export interface PerformanceMetrics {
  readonly avg_execution_time_ms: number;
  readonly p95_execution_time_ms: number;
  readonly p99_execution_time_ms: number;
}

export interface TrendAnalysis {
  readonly trend_type: 'growing' | 'stable' | 'declining' | 'emerging' | 'abandoned';
  /** Slope of the regression line: uses a day, gained or lost each day. */
  readonly velocity: number;
  /** Second half of the window against the first, in percent; null when there was nothing in the first. */
  readonly growth_percentage: number | null;
  /** 1 less the chance that the halves differ by accident. */
  readonly confidence_score: number;
}

export interface UsageDistribution {
  /** Uses in each hour of the day, UTC. */
  readonly by_hour: readonly number[];
  /** Uses on each day of the week, Sunday first, UTC. */
  readonly by_weekday: readonly number[];
}

/** From so many observations on a mean is taken as normally distributed, by the usual rule. */
export const ENOUGH_POINTS = 30;

/** Computes them; the same activity gives the same numbers. */
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

/** How long executions took, in milliseconds, of whatever tells. */
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

/** From this confidence on a difference of the halves is a trend. */
const TREND_CONFIDENCE = 0.95;
/** Parts of a window that the regression line goes through. */
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
  const rate = mean(judged.map(({ isSuccess }) => (isSuccess ? 1 : 0)));
  const ratings = feedback.map(({ rating }) => rating).filter((rating) => rating !== null);
  const quality = mean(ratings);
  return {
    success_rate: rate === null ? null : rounded(rate),
    error_rate: rate === null ? null : rounded(1 - rate),
    avg_quality_score: quality === null ? null : rounded(quality),
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

/** Null when nothing was used within the window: there is no line through nothing. */
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
