/** How long some calls took, in milliseconds. */
export interface LatencySpread {
  readonly min: number;
  readonly average: number;
  /** The shortest time that half, or 95 %, of the calls did not exceed. */
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Summarises times, given in milliseconds; undefined for an empty list. */
export function latencySpread(times: readonly number[]): LatencySpread | undefined {
  const sorted = times.toSorted((one, other) => one - other);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  const sum = sorted.reduce((all, time) => all + time, 0);
  return { min, average: sum / sorted.length, p50: rank(0.5), p95: rank(0.95), max };
}
