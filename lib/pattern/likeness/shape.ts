import { inOrder } from './order.ts';
import { blindedRun, hashed, renamed } from './renaming.ts';
import { tokensOf } from './tokens.ts';
import type { CodeTokens } from './tokens.ts';

/** What of a code is compared with others: its tokens, and the runs of them in ascending order. */
export interface CodeShape {
  readonly tokens: CodeTokens;
  /** Runs of {@link RAW_RUN} tokens as they stand. */
  readonly raw: Uint32Array;
  /** Runs of {@link BLINDED_RUN} tokens without names and literals; empty where these would look all alike. */
  readonly blinded: Uint32Array;
}

/** Code of fewer tokens than this is compared with nothing: it has no run. */
export const RAW_RUN = 4;
/** Without names, code is alike in shorter runs whatever it does. */
export const BLINDED_RUN = 8;

/** The shape of a code, by its comments if it consists of them. A very long one is judged by its beginning. */
export function shapeOf(code: string, language: string): CodeShape {
  const text = code.slice(0, MOST_CHARACTERS);
  const found = tokensOf(text, language);
  const tokens = found.raw.length < RAW_RUN ? tokensOf(text, language, true) : found;
  const blinded = TABLES.has(language) ? NO_RUNS : blindedRuns(tokens, language);
  const isVaried = distinct(blinded) >= leastDistinct(blinded.length);
  return { tokens, raw: rawRuns(tokens), blinded: isVaried ? blinded : NO_RUNS };
}

/**
 * How alike two codes are, from 0 to 1: the share of tokens that stand in the same order, which is large in much code that
 * is built alike, and the share of runs that both have, which a few changes lower much. It is counted with names, and
 * mostly with those of one replaced by those of the other if that gives more: equal code with other names is 0.95 alike.
 */
export function codeLikeness(one: CodeShape, other: CodeShape): number {
  const named = alike(shared(one.raw, other.raw), [one.tokens.raw, other.tokens.raw]);
  const runs = shared(one.blinded, other.blinded);
  if (runs === 0) return named;
  const withOtherNames = alike(runs, renamed(one.tokens, other.tokens));
  return Math.max(named, RENAMED_SHARE * withOtherNames + (1 - RENAMED_SHARE) * named);
}

// --- internal ---

/** How much it counts that code is alike but for its names. */
const RENAMED_SHARE = 0.95;
/** How much the runs count that both have; the rest is the order of the tokens. `npm run eval:similar` judges both. */
const RUNS_SHARE = 0.3;
/** Longer code is cut, so that no comparison takes long. */
const MOST_CHARACTERS = 65_536;
/** Without names, code of fewer different runs says nothing: it is short. */
const LEAST_DISTINCT = 10;
/** Nor does code of which a smaller part is different runs: a table repeats a few, and looks like every other table. */
const LEAST_VARIETY = 0.35;
/** But this many different runs are enough, however long the code is. */
const MANY_DISTINCT = 28;

/** Languages in which all that tells two texts apart are names and literals. */
const TABLES: ReadonlySet<string> = new Set(
  (
    'css scss sass less stylus json jsonc yaml toml ini dotenv ignore csv xml html markdown mdx rst asciidoc latex text ' +
    'diff http unknown'
  ).split(' '),
);

/** Languages that are written nearly as another one. */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['typescript', 'javascript'],
  ['vue', 'javascript'],
  ['svelte', 'javascript'],
  ['astro', 'javascript'],
  ['cpp', 'c'],
  ['objectivec', 'c'],
  ['cuda', 'c'],
]);

const NO_RUNS = new Uint32Array();

/** The runs of {@link RAW_RUN} tokens, as they stand. */
function rawRuns({ raw }: CodeTokens): Uint32Array {
  return runsOf(raw.length - RAW_RUN + 1, (start) => {
    let hash = RAW_RUN;
    for (let at = start; at < start + RAW_RUN; at += 1) hash = hashed(hash, raw[at] ?? 0);
    return hash;
  });
}

/**
 * The runs of {@link BLINDED_RUN} tokens, in which a name is only told from the others of its run: the first, the second.
 * So names that were changed everywhere change nothing, and other names in other places do. Only code in the same language,
 * or in one that looks the same, has runs in common.
 */
function blindedRuns(tokens: CodeTokens, language: string): Uint32Array {
  const family = FAMILIES.get(language) ?? language;
  const seed = Array.from(family).reduce((sum, letter) => hashed(sum, letter.charCodeAt(0)), 0);
  return runsOf(tokens.blinded.length - BLINDED_RUN + 1, (start) =>
    blindedRun(tokens, start, BLINDED_RUN, seed),
  );
}

/** @param runs Jaccard's measure of the runs of both; code without a run in common is not alike */
function alike(runs: number, [one, other]: readonly [Uint32Array, Uint32Array]): number {
  return runs === 0 ? 0 : RUNS_SHARE * runs + (1 - RUNS_SHARE) * inOrder(one, other);
}

function leastDistinct(runs: number): number {
  return Math.max(LEAST_DISTINCT, Math.min(MANY_DISTINCT, LEAST_VARIETY * runs));
}

/** How many of the runs are not repetitions: those are odd. */
function distinct(runs: Uint32Array): number {
  return runs.reduce((count, run) => count + 1 - (run & 1), 0);
}

/**
 * What `runAt` gives for 0 up to `count`, in ascending order. What is given again becomes another number each time, so that
 * it counts how often a run is there; repetitions are odd, all others even.
 */
function runsOf(count: number, runAt: (start: number) => number): Uint32Array {
  if (count <= 0) return NO_RUNS;
  const runs = new Uint32Array(count);
  for (let start = 0; start < count; start += 1) runs[start] = runAt(start) & ~1;
  runs.sort();
  let [last, times] = [runs[0], 0];
  for (let at = 1; at < count; at += 1) {
    const run = runs[at] ?? 0;
    times = run === last ? times + 1 : 0;
    last = run;
    runs[at] = times === 0 ? run : hashed(run, times) | 1;
  }
  return runs.sort();
}

/** Jaccard's measure of two ascending lists: what both have, of what one of them has. */
function shared(one: Uint32Array, other: Uint32Array): number {
  if (one.length === 0 || other.length === 0) return 0;
  let [at, otherAt, both] = [0, 0, 0];
  while (at < one.length && otherAt < other.length) {
    const [left = 0, right = 0] = [one[at], other[otherAt]];
    if (left === right) both += 1;
    if (left <= right) at += 1;
    if (right <= left) otherAt += 1;
  }
  return both / (one.length + other.length - both);
}
