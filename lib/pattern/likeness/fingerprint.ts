import type { CodeShape } from './shape.ts';

/** Two kinds of runs have this many bands each; code that shares one is compared. */
const BANDS = 20;
/** Values of a band: all have to be equal. */
const BAND_VALUES = 3;

/**
 * Words that two codes have in common, the more the more alike they are: MinHash with one permutation, in bands. At half
 * of the runs in common, 19 of 20 pairs share one of the 20 bands.
 */
export function fingerprint({ raw, blinded }: CodeShape): string[] {
  return [...bandsOf(raw, 0), ...bandsOf(blinded, BANDS)];
}

// --- internal ---

const BINS = BANDS * BAND_VALUES;

/** @param first the number of the first band, so that no two bands have words in common */
function bandsOf(runs: Uint32Array, first: number): string[] {
  if (runs.length === 0) return [];
  const least = leastOfBins(runs);
  return Array.from({ length: BANDS }, (_, band) => {
    let hash = first + band + 1;
    for (let at = 0; at < BAND_VALUES; at += 1) {
      hash = mixed(hash ^ (least[band * BAND_VALUES + at] ?? 0));
    }
    return (hash >>> 1).toString(36).padStart(6, '0');
  });
}

/** The least value of each bin; an empty bin has that of another, which its number decides. */
function leastOfBins(runs: Uint32Array): Uint32Array {
  const least = new Uint32Array(BINS).fill(EMPTY);
  for (const run of runs) {
    const value = mixed(run);
    const bin = Math.floor((value / 2 ** 32) * BINS);
    if (value < (least[bin] ?? 0)) least[bin] = value;
  }
  return least.map((value, bin) => {
    if (value !== EMPTY) return value;
    for (let attempt = 1; ; attempt += 1) {
      const other = least[mixed(bin * 65_537 + attempt) % BINS] ?? EMPTY;
      if (other !== EMPTY) return mixed(other ^ bin);
    }
  });
}

const EMPTY = 0xffffffff;

/** Spreads the bits of a number over all 32. */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
