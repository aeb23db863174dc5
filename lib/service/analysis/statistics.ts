/** A share: so many of so many. */
export interface Share {
  readonly hits: number;
  readonly total: number;
}

/** What a test of two shares has found. */
export interface ShareTest {
  /** Of the second share to the first, from -1 to 1. */
  readonly difference: number;
  readonly z: number;
  /** Two-sided: how likely such a difference is by chance. */
  readonly pValue: number;
}

/**
 * The two-proportion z-test with pooled variance (Fleiss, Statistical Methods for Rates and
 * Proportions, ch. 2). Undefined where one of the shares is of nothing.
 */
export function compareShares(before: Share, after: Share): ShareTest | undefined {
  if (before.total === 0 || after.total === 0) return undefined;
  const difference = after.hits / after.total - before.hits / before.total;
  const pooled = (before.hits + after.hits) / (before.total + after.total);
  const variance = pooled * (1 - pooled) * (1 / before.total + 1 / after.total);
  // All hits or none in both: they do not differ.
  const z = variance === 0 ? 0 : difference / Math.sqrt(variance);
  return { difference, z, pValue: twoSided(z) };
}

/** How likely counts so different are, when both times of equal length have the same rate (Poisson). */
export function compareCounts(
  before: number,
  after: number,
): { z: number; pValue: number } | undefined {
  const total = before + after;
  if (total === 0) return undefined;
  const z = (after - before) / Math.sqrt(total);
  return { z, pValue: twoSided(z) };
}

/** The smallest of the values that at least `share` (0 to 1) of them do not exceed (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number | null {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
}

export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The slope of the least-squares line through values at 0, 1, 2 …; null for fewer than two. */
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

/** To so many digits after the point that a reply stays readable. */
export function rounded(value: number, digits = 4): number {
  const factor = 10 ** digits;
  const result = Math.round(value * factor) / factor;
  return result === 0 ? 0 : result; // no -0
}

// --- internal ---

function twoSided(z: number): number {
  return 1 - errorFunction(Math.abs(z) / Math.SQRT2);
}

/** Abramowitz & Stegun 7.1.26: its error is below 1.5e-7. For `x` of 0 or more. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.min(1, Math.max(0, 1 - polynomial * Math.exp(-x * x)));
}
