import type { FeedbackAnalyzeRequest } from '../../lineage-api/service-request.ts';
import type { PatternActivity } from '../store/rows/pattern-activity.ts';
import { executionTimes } from './analytics.ts';
import { uuidOf } from '../replies/node-id.ts';
import { compareCounts, compareShares, percentile, rounded } from './statistics.ts';
import type { Share } from './statistics.ts';
import type { TimeWindow } from './time-window.ts';

/** One comparison, and the result of its test. */
export interface FeedbackFinding {
  readonly metric: Metric;
  /** What the pattern is compared with: itself in the first half of the window, or its parent. */
  readonly against: 'first_half' | 'parent';
  readonly baseline: Measured;
  readonly current: Measured;
  /** The current rate less the baseline's; for usage, the change as a share of all uses. */
  readonly difference: number;
  readonly z_score: number;
  /** Two-sided: the probability of such a difference by chance. */
  readonly p_value: number;
  /** Both samples are large enough, and `p_value` is below the level shared by all tests (Bonferroni). */
  readonly is_significant: boolean;
  /** Both samples reach `min_sample_size`; for usage, all uses together do. */
  readonly has_enough_samples: boolean;
}

/** One side of a comparison. */
export interface Measured {
  /** How many observations it rests on. */
  readonly samples: number;
  /** 0 to 1; null where nothing was measured. For usage: the share of all uses. */
  readonly rate: number | null;
}

/** An action that the data suggests. */
export interface Improvement {
  /** A UUID of pattern, metric and kind: the same finding has the same id at any time, on any replica. */
  readonly improvement_id: string;
  /** Metric and kind, such as `success_rate_parent_worse`. */
  readonly type: string;
  readonly description: string;
  readonly metric: Metric;
  /** 1 less the p value. */
  readonly confidence: number;
  /** Whether the confidence reaches the caller's `auto_apply_threshold`. */
  readonly is_auto_applicable: boolean;
}

/** What an analysis found. */
export interface FeedbackAnalysis {
  /** Uses and feedback that were examined. */
  readonly samples: number;
  readonly findings: readonly FeedbackFinding[];
  readonly improvements: readonly Improvement[];
}

/** What is compared: shares of successes, of fast executions, of good ratings; counts of uses. */
export type Metric = 'success_rate' | 'fast_rate' | 'good_rating_rate' | 'usage';

/** What the caller of `/feedback/analyze` chooses. */
export type AnalysisOptions = Pick<
  FeedbackAnalyzeRequest,
  'feedback_type' | 'auto_apply_threshold' | 'min_sample_size' | 'significance_level'
>;

/** Ratings, 0 to 1, count as good from this value on: our choice, documented in docs/API_REFERENCE.md. */
export const GOOD_RATING = 0.7;

/**
 * Compares the second half of the window with the first, and the pattern with its parent where that is
 * known. Every comparison is a test of two shares, so that one method serves all of them. Execution times
 * are counted as the share that is not slower than the median of both sides (Mood's test).
 */
export function analyseFeedback(
  activity: PatternActivity,
  parent: PatternActivity | undefined,
  window: TimeWindow,
  options: AnalysisOptions,
): FeedbackAnalysis {
  const middle = (window.from + window.to) / 2;
  const whole = within(activity, window.from, window.to);
  const halves = [within(whole, window.from, middle), within(whole, middle, window.to)] as const;
  const tests = METRICS[options.feedback_type].flatMap((metric) => [
    test(metric, 'first_half', halves[0], halves[1], options.min_sample_size),
    parent &&
      metric !== 'usage' && // how often each is used does not say which is better
      test(
        metric,
        'parent',
        within(parent, window.from, window.to),
        whole,
        options.min_sample_size,
      ),
  ]);
  const made = tests.filter((finding) => finding !== undefined && finding !== false);
  const level = options.significance_level / Math.max(1, made.length);
  const findings = made.map((finding) => ({
    ...finding,
    is_significant: finding.has_enough_samples && finding.p_value < level,
  }));
  return {
    samples: whole.uses.length + whole.feedback.length,
    findings,
    improvements: findings.flatMap((finding) => suggested(finding, activity, parent, options)),
  };
}

// --- internal ---

/** What each type of analysis compares. */
const METRICS: Readonly<Record<AnalysisOptions['feedback_type'], readonly Metric[]>> = {
  performance: ['success_rate', 'fast_rate'],
  quality: ['good_rating_rate'],
  usage: ['usage'],
  all: ['success_rate', 'fast_rate', 'good_rating_rate', 'usage'],
};

function within(activity: PatternActivity, from: number, to: number): PatternActivity {
  const isIn = ({ at }: { readonly at: number }) => at >= from && at < to;
  return {
    ...activity,
    uses: activity.uses.filter(isIn),
    feedback: activity.feedback.filter(isIn),
  };
}

function test(
  metric: Metric,
  against: FeedbackFinding['against'],
  before: PatternActivity,
  after: PatternActivity,
  fewest: number,
): Omit<FeedbackFinding, 'is_significant'> | undefined {
  if (metric === 'usage') return testUsage(before.uses.length, after.uses.length, fewest);
  const [baseline, current] = sharesOf(metric, before, after);
  const result = compareShares(baseline, current);
  if (!result) return undefined;
  return {
    metric,
    against,
    baseline: measured(baseline),
    current: measured(current),
    difference: rounded(result.difference),
    z_score: rounded(result.z),
    p_value: rounded(result.pValue, 6),
    has_enough_samples: Math.min(baseline.total, current.total) >= fewest,
  };
}

function testUsage(
  before: number,
  after: number,
  fewest: number,
): Omit<FeedbackFinding, 'is_significant'> | undefined {
  const result = compareCounts(before, after);
  const total = before + after;
  if (!result) return undefined;
  return {
    metric: 'usage',
    against: 'first_half',
    baseline: measured({ hits: before, total }, before),
    current: measured({ hits: after, total }, after),
    difference: rounded((after - before) / total),
    z_score: rounded(result.z),
    p_value: rounded(result.pValue, 6),
    has_enough_samples: total >= fewest,
  };
}

function sharesOf(
  metric: Exclude<Metric, 'usage'>,
  before: PatternActivity,
  after: PatternActivity,
): readonly [Share, Share] {
  if (metric === 'fast_rate') {
    const [first, second] = [before, after].map(({ uses, feedback }) =>
      executionTimes(uses, feedback),
    ) as [number[], number[]];
    const median =
      percentile(
        [...first, ...second].toSorted((a, b) => a - b),
        0.5,
      ) ?? 0;
    return [first, second].map((times) => ({
      hits: times.filter((time) => time <= median).length,
      total: times.length,
    })) as [Share, Share];
  }
  return [before, after].map(({ feedback }) => {
    const values = feedback.flatMap(({ isSuccess, rating }) => {
      if (metric === 'success_rate') return isSuccess === null ? [] : [isSuccess];
      return rating === null ? [] : [rating >= GOOD_RATING];
    });
    return { hits: values.filter(Boolean).length, total: values.length };
  }) as [Share, Share];
}

function measured({ hits, total }: Share, samples = total): Measured {
  return { samples, rate: total === 0 ? null : rounded(hits / total) };
}

/** What to suggest when a metric has become worse, and when it has become better. */
const SUGGESTIONS: Readonly<
  Record<
    Metric,
    Readonly<Partial<Record<`${FeedbackFinding['against']}_${'worse' | 'better'}`, string>>>
  >
> = {
  success_rate: {
    first_half_worse: 'Look into what has begun to fail: the success rate has dropped',
    parent_worse: 'Go back to the parent version: it succeeds more often',
    parent_better: 'Prefer this version to its parent: it succeeds more often',
  },
  fast_rate: {
    first_half_worse: 'Look into what has become slow: executions take longer than before',
    parent_worse: 'Optimise, or go back to the parent version: it is faster',
    parent_better: 'Prefer this version to its parent: it is faster',
  },
  good_rating_rate: {
    first_half_worse: 'Review the pattern: it is rated worse than before',
    parent_worse: 'Go back to the parent version: it is rated better',
    parent_better: 'Prefer this version to its parent: it is rated better',
  },
  usage: {
    first_half_worse: 'Review whether the pattern is still needed: it is used less than before',
  },
};

function suggested(
  finding: FeedbackFinding,
  activity: PatternActivity,
  parent: PatternActivity | undefined,
  options: AnalysisOptions,
): Improvement[] {
  const { metric, against, difference, p_value } = finding;
  const type = `${against}_${difference < 0 ? 'worse' : 'better'}` as const;
  const description = SUGGESTIONS[metric][type];
  if (!finding.is_significant || description === undefined) return [];
  const confidence = rounded(1 - p_value, 6);
  const other = against === 'parent' ? (parent?.pattern.id ?? '') : '';
  const key = ['improvement', activity.pattern.id, metric, type, other];
  return [
    {
      improvement_id: uuidOf(key.join('\0')),
      type: `${metric}_${type}`,
      description,
      metric,
      confidence,
      is_auto_applicable: confidence >= options.auto_apply_threshold,
    },
  ];
}
