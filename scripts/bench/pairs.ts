/** What a pair's two sides took, in milliseconds. */
export interface Pair {
  readonly ours: number;
  readonly floor: number;
}

/** What a number of pairs came to. */
export interface PairedTimes {
  /** Medians, in milliseconds. */
  readonly oursMs: number;
  readonly floorMs: number;
  /** The median of the pairs' own ratios, `ours / floor`: what slows a while slows both of a pair. */
  readonly ratio: number;
}

/** The medians of all pairs. */
export function summarise(pairs: readonly Pair[]): PairedTimes {
  return {
    oursMs: median(pairs.map(({ ours }) => ours)),
    floorMs: median(pairs.map(({ floor }) => floor)),
    ratio: median(pairs.map(({ ours, floor }) => ours / floor)),
  };
}

// --- internal ---

/** NaN of no values. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
