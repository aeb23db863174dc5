/** The times of one pair, in milliseconds. */
export interface Pair {
  readonly ours: number;
  readonly floor: number;
}

/** The medians of several pairs. */
export interface PairedTimes {
  /** In milliseconds, as is `floorMs`. */
  readonly oursMs: number;
  readonly floorMs: number;
  /**
   * Median of each pair's own ratio, `ours / floor`: what slows the machine for a while slows both sides
   * of a pair.
   */
  readonly ratio: number;
}

/** Computes the medians of all pairs. */
export function summarise(pairs: readonly Pair[]): PairedTimes {
  return {
    oursMs: median(pairs.map(({ ours }) => ours)),
    floorMs: median(pairs.map(({ floor }) => floor)),
    ratio: median(pairs.map(({ ours, floor }) => ours / floor)),
  };
}

// --- internal ---

/** NaN when there are no values. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
