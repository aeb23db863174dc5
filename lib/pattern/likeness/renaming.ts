import { NAME } from './tokens.ts';
import type { CodeTokens } from './tokens.ts';

/** The length, in tokens, of the runs that pair the names of two codes. */
const RUN = 6;

/**
 * The tokens of two codes, each name of the first replaced by the one of the second that most often stands in its place,
 * and literals all alike. Code that was renamed throughout is equal then; code that is only built alike is not, because a
 * name of it stands for one here and for another there.
 */
export function renamed(one: CodeTokens, other: CodeTokens): readonly [Uint32Array, Uint32Array] {
  const names = namesOf(one, other);
  const first = one.raw.map((raw, at) => {
    const kind = one.blinded[at] ?? 0;
    return kind === NAME ? (names.get(raw) ?? NONE) : kind;
  });
  const second = other.raw.map((raw, at) => {
    const kind = other.blinded[at] ?? 0;
    return kind === NAME ? raw : kind;
  });
  return [first, second];
}

/** A run of tokens as a number: literals are all alike, and a name is only told from the others of its run. */
export function blindedRun(
  { raw, blinded }: CodeTokens,
  start: number,
  length: number,
  seed: number,
): number {
  let hash = seed;
  for (let at = start; at < start + length; at += 1) {
    let value = blinded[at] ?? 0;
    if (value === NAME) {
      let first = start;
      while (raw[first] !== raw[at]) first += 1;
      value += first - start + 3;
    }
    hash = hashed(hash, value);
  }
  return hash;
}

/** A number for a number that follows others. */
export function hashed(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e3779b1);
  return product ^ (product >>> 15);
}

// --- internal ---

/** Stands for a name that has no other in its place. No token of code is this number but by chance. */
const NONE = 0x5bd1e995;

/** For names of one code those of the other, each once, those that stand for each other most often first. */
function namesOf(one: CodeTokens, other: CodeTokens): Map<number, number> {
  const pairs = [...votes(one, other)].flatMap(([name, forms]) =>
    [...forms].map(([form, count]) => ({ name, form, count })),
  );
  const names = new Map<number, number>();
  const taken = new Set<number>();
  for (const { name, form } of pairs.toSorted((left, right) => right.count - left.count)) {
    if (names.has(name) || taken.has(form)) continue;
    names.set(name, form);
    taken.add(form);
  }
  return names;
}

/** How often a name stands where another one does, in the runs that are in both codes and only once in each. */
function votes(one: CodeTokens, other: CodeTokens): Map<number, Map<number, number>> {
  const counts = new Map<number, Map<number, number>>();
  const places = placesOf(other);
  for (const [run, start] of placesOf(one)) {
    const otherStart = places.get(run) ?? REPEATED;
    if (start === REPEATED || otherStart === REPEATED) continue;
    for (let at = 0; at < RUN; at += 1) {
      if (one.blinded[start + at] !== NAME) continue;
      const [name = 0, form = 0] = [one.raw[start + at], other.raw[otherStart + at]];
      const forms = counts.get(name) ?? new Map<number, number>();
      counts.set(name, forms.set(form, (forms.get(form) ?? 0) + 1));
    }
  }
  return counts;
}

const REPEATED = -1;

/** Where each run begins; {@link REPEATED} if it is there more than once. */
function placesOf(tokens: CodeTokens): Map<number, number> {
  const places = new Map<number, number>();
  for (let start = 0; start + RUN <= tokens.raw.length; start += 1) {
    const run = blindedRun(tokens, start, RUN, RUN);
    places.set(run, places.has(run) ? REPEATED : start);
  }
  return places;
}
