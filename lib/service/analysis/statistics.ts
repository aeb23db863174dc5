/** A share: `hits` out of `total`. */
export interface Share {
  readonly hits: number;
  readonly total: number;
}

/** The result of a test of two shares. */
export interface ShareTest {
  /** The second share less the first, -1 to 1. */
  readonly difference: number;
  readonly z: number;
  /** Two-sided: the probability of such a difference by chance. */
  readonly pValue: number;
}

/**
 * The two-proportion z-test with pooled variance (Fleiss, Statistical Methods for Rates and
 * Proportions, ch. 2). Undefined where a share has a `total` of 0.
 */
export function compareShares(before: Share, after: Share): ShareTest | undefined {
  if (before.total === 0 || after.total === 0) return undefined;
  const difference = after.hits / after.total - before.hits / before.total;
  const pooled = (before.hits + after.hits) / (before.total + after.total);
  const variance = pooled * (1 - pooled) * (1 / before.total + 1 / after.total);
  // Both shares are 0, or both are 1: they do not differ.
  const z = variance === 0 ? 0 : difference / Math.sqrt(variance);
  return { difference, z, pValue: twoSided(z) };
}

/**
 * Tests whether two counts from periods of equal length come from the same rate (Poisson). `pValue` is
 * two-sided. Undefined where both counts are 0.
 */
export function compareCounts(
  before: number,
  after: number,
): { z: number; pValue: number } | undefined {
  const total = before + after;
  if (total === 0) return undefined;
  const z = (after - before) / Math.sqrt(total);
  return { z, pValue: twoSided(z) };
}

/**
 * The percentile by nearest rank: the smallest value that at least `share` (0 to 1) of the values do not
 * exceed. Null for no values. `sorted` has to be in ascending order.
 */
export function percentile(sorted: readonly number[], share: number): number | null {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
}

/** The arithmetic mean; null for no values. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The slope of the least-squares line through values at 0, 1, 2, …; null for fewer than two. */
export function slope(values: readonly number[]): number | null {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  if (values.length < 2 || average === null) return null;
  let covariance = 0;
  let variance = 0;
  for (const [index, value] of values.entries()) {
    covariance += (index - middle) * (value - average);
    variance += (index - middle) ** 2;
  }
  return covariance / variance;
}

/** Rounds to `digits` after the point, so that replies stay readable. Never gives -0. @default 4 digits */
export function rounded(value: number, digits = 4): number {
  const factor = 10 ** digits;
  const result = Math.round(value * factor) / factor;
  return result === 0 ? 0 : result; // no -0
}

// --- internal ---

function twoSided(z: number): number {
  return 1 - errorFunction(Math.abs(z) / Math.SQRT2);
}

/** The error function for `x` >= 0, by Abramowitz & Stegun 7.1.26; its error is below 1.5e-7. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.min(1, Math.max(0, 1 - polynomial * Math.exp(-x * x)));
}
