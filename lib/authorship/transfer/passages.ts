import type { Author, AuthoredText } from '../author.ts';
import { isCommonLine } from './common-line.ts';
import { isTrivial, keyAt, lineWeight } from './line-key.ts';

/** Where lines may have come from, and how much must agree until they are believed to. */
export interface PassageSource extends AuthoredText {
  /** A passage is believed from this many characters in lines that are not trivial, blanks not counted, … */
  readonly leastWeight: number;
  /** … and from this many such lines. */
  readonly leastLines: number;
  /** True if neither counts imports and comments above all code, which other files may have as well; default false. */
  readonly isByCode?: boolean;
}

/**
 * Finds passages: runs of lines of `lines` that stand in `source` one after the other. The longest are
 * taken first, and each line of the source once.
 *
 * @param open the indices of the lines that are looked for, in order
 * @returns the index in `lines` and the author in `source`
 */
export function findPassages(
  lines: readonly string[],
  open: ReadonlySet<number>,
  source: PassageSource,
): Map<number, Author> {
  const found = new Map<number, Author>();
  const used = new Set<number>();
  for (const passage of passagesIn(lines, open, source)) {
    if (passage.weight < source.leastWeight || passage.count < source.leastLines) continue;
    for (let step = 0; step < passage.length; step += 1) {
      const at = passage.at + step;
      const from = passage.from + step;
      if (found.has(at) || used.has(from)) continue;
      used.add(from);
      found.set(at, source.authors[from] ?? null);
    }
  }
  return found;
}

/** The keys of those lines that tell something, among some or all of a text. */
export function tellingKeys(
  lines: readonly string[],
  indices: Iterable<number> = lines.keys(),
): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const index of indices) {
    const key = keyAt(lines, index);
    if (!isTrivial(key)) keys.add(key);
  }
  return keys;
}

/** True if a line with one of the keys stands in the text: where none does, there is no passage either. */
export function holdsAny(lines: readonly string[], keys: ReadonlySet<string>): boolean {
  const places = placesOf(lines);
  const [few, many] = places.size < keys.size ? [places, keys] : [keys, places];
  for (const key of few.keys()) if (many.has(key)) return true;
  return false;
}

// --- internal ---

interface Passage {
  readonly at: number;
  readonly from: number;
  readonly length: number;
  readonly weight: number;
  /** Lines that are not trivial. */
  readonly count: number;
}

/** A line that stands in more places than this tells nothing. */
const MAX_PLACES = 8;
/** Lines that are compared at most; a text in which all lines are alike would take the square of its length. */
const MAX_STEPS = 200_000;

/** Where the telling lines of a text stand; kept for the next time, and continued if the text has grown. */
function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const known = PLACES.get(lines) ?? { count: 0, places: new Map<string, number[]>() };
  for (; known.count < lines.length; known.count += 1) {
    const key = keyAt(lines, known.count);
    if (lineWeight(key) === 0) continue;
    const list = known.places.get(key);
    if (list === undefined) known.places.set(key, [known.count]);
    else if (list.length < MAX_PLACES) list.push(known.count);
  }
  PLACES.set(lines, known);
  return known.places;
}

const PLACES = new WeakMap<readonly string[], { count: number; places: Map<string, number[]> }>();

/** The passages that no longer one holds, heaviest first. */
function passagesIn(
  lines: readonly string[],
  open: ReadonlySet<number>,
  { lines: sourceLines, isByCode = false }: PassageSource,
): Passage[] {
  const places = placesOf(sourceLines);
  const passages: Passage[] = [];
  /** For each distance between the texts, the line up to which it has been walked. */
  const walked = new Map<number, number>();
  let steps = 0;
  for (const index of open) {
    if (steps > MAX_STEPS) break;
    for (const place of places.get(keyAt(lines, index)) ?? []) {
      if (index < (walked.get(index - place) ?? 0)) continue;
      const agrees = (step: number): boolean =>
        open.has(index + step) &&
        place + step >= 0 &&
        place + step < sourceLines.length &&
        keyAt(lines, index + step) === keyAt(sourceLines, place + step);
      let [first, end] = [0, 1];
      while (agrees(first - 1)) first -= 1;
      while (agrees(end)) end += 1;
      walked.set(index - place, index + end);
      steps += end - first;
      let [weight, count] = [0, 0];
      for (let step = first; step < end; step += 1) {
        if (isByCode && isCommonLine(lines, index + step)) continue;
        const of = lineWeight(keyAt(lines, index + step));
        weight += of;
        if (of > 0) count += 1;
      }
      passages.push({ at: index + first, from: place + first, length: end - first, weight, count });
    }
  }
  return passages.toSorted((one, other) => other.weight - one.weight);
}
