import { diffArrays } from 'diff';

/**
 * Compares changed lines by their words and signs, and finds the new lines that are old ones in another
 * format: wrapped, joined, with other brackets or commas.
 *
 * @returns for each new line the index of the old line that most of it stood in; undefined for a line that
 *   has something new, or comes from a line that lost something
 */
export function reformattedFrom(
  old: readonly string[],
  now: readonly string[],
): (number | undefined)[] {
  const from = tokensOf(old);
  const to = tokensOf(now);
  const result = now.map((): number | undefined => undefined);
  if (!areAlike(from.words, to.words)) return result;
  const changes = diffArrays(from.words, to.words, {
    maxEditLength: MAX_DIFFERENCES,
  }) as ReturnType<typeof diffArrays> | undefined;
  if (changes === undefined) return result;

  const lossy = new Set<number>();
  const fresh = new Set<number>();
  const sources = now.map(() => new Map<number, number>());
  let [fromAt, toAt] = [0, 0];
  for (const { added, removed, count } of changes) {
    for (let step = 0; step < count; step += 1) {
      const oldLine = from.lines[fromAt] ?? 0;
      const newLine = to.lines[toAt] ?? 0;
      if (removed) lossy.add(oldLine);
      else if (added) fresh.add(newLine);
      else sources[newLine]?.set(oldLine, (sources[newLine].get(oldLine) ?? 0) + 1);
      if (!added) fromAt += 1;
      if (!removed) toAt += 1;
    }
  }
  for (const [index, counts] of sources.entries()) {
    if (fresh.has(index) || [...counts.keys()].some((line) => lossy.has(line))) continue;
    result[index] = [...counts].toSorted((one, other) => other[1] - one[1])[0]?.[0];
  }
  return result;
}

// --- internal ---

interface Tokens {
  readonly words: string[];
  /** The line that each word stands in. */
  readonly lines: number[];
}

/** Beyond this a block is not compared by words; formatters change few lines in one place. */
const MAX_TOKENS = 4000;
const MAX_DIFFERENCES = 80;
/** The part of the smaller side's words that must occur on the other. A formatter keeps nearly all. */
const MIN_COMMON = 0.5;

const QUOTES = new Set('"`\u2018\u2019\u201C\u201D');

/** Words, and signs but for those that formatters add and remove. */
const TOKEN = /[\p{L}\p{N}_]+|[^\s,;()]/gu;

function tokensOf(text: readonly string[]): Tokens {
  const words: string[] = [];
  const lines: number[] = [];
  for (const [index, line] of text.entries()) {
    for (const word of line.match(TOKEN) ?? []) {
      words.push(word.length === 1 && QUOTES.has(word) ? "'" : word);
      lines.push(index);
    }
    if (words.length > MAX_TOKENS) return { words: [], lines: [] };
  }
  return { words, lines };
}

function areAlike(one: readonly string[], other: readonly string[]): boolean {
  const [small, large] = one.length < other.length ? [one, other] : [other, one];
  if (small.length === 0 || large.length - small.length > MAX_DIFFERENCES) return false;
  const known = new Set(large);
  return small.filter((word) => known.has(word)).length >= small.length * MIN_COMMON;
}
