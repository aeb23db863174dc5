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

/** Takes `count` pairs, and what they came to. */
export async function measurePairs(
  count: number,
  measure: (pair: number) => Pair | Promise<Pair>,
): Promise<PairedTimes> {
  const pairs: Pair[] = [];
  for (let pair = 0; pair < count; pair += 1) pairs.push(await measure(pair));
  return {
    oursMs: median(pairs.map(({ ours }) => ours)),
    floorMs: median(pairs.map(({ floor }) => floor)),
    ratio: median(pairs.map(({ ours, floor }) => ours / floor)),
  };
}

/** Measures one side right after the other, each second pair the other way round: being first can cost. */
export function measureInTurn(
  count: number,
  ours: () => number,
  floor: () => number,
): Promise<PairedTimes> {
  return measurePairs(count, (pair) => {
    if (pair % 2 === 0) return { ours: ours(), floor: floor() };
    const floorFirst = floor();
    return { ours: ours(), floor: floorFirst };
  });
}

// --- internal ---

/** NaN of no values. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
