/** The fewest characters that are searched for: the index knows runs of three. */
export const LEAST_CHARACTERS = 3;

/** True if a text has {@link LEAST_CHARACTERS}. */
export function isLongEnough(text: string): boolean {
  return Array.from(text).length >= LEAST_CHARACTERS;
}

/** Where a text holds what is searched for. */
export interface TextHit {
  /** The place of the first character, from 0. */
  readonly index: number;
  readonly length: number;
  /** True if no word goes on before or after it. */
  readonly isWord: boolean;
}

/**
 * What somebody searches for: a run of characters or, if `isWords`, words that may stand anywhere. Capital letters
 * count only if there is one in what is searched for.
 */
export class SearchText {
  readonly #needles: readonly string[];
  readonly #isExact: boolean;

  constructor(text: string, { isWords = false }: { readonly isWords?: boolean } = {}) {
    this.#isExact = text !== text.toLowerCase();
    const searched = this.#isExact ? text : folded(text);
    this.#needles = isWords ? [...new Set(searched.split(/\s+/).filter(Boolean))] : [searched];
  }

  /** True if the index can serve it: a needle has {@link LEAST_CHARACTERS}. */
  get isLongEnough(): boolean {
    return this.#needles.some((needle) => isLongEnough(needle));
  }

  /** As FTS5's MATCH takes it: runs of three characters that a text must hold to hold this one; '' if it has none. */
  get match(): string {
    const runs = this.#needles.flatMap((needle) => spread([...runsOf(needle)], MOST_RUNS));
    return [...new Set(runs)].map((run) => `"${run.replaceAll('"', '""')}"`).join(' AND ');
  }

  /**
   * What SQLite can tell of a text in a column, as a condition and its values: true of all that hold it, and of hardly
   * anything else. SQLite knows the small letters of ASCII only.
   */
  condition(column: string): { readonly sql: string; readonly values: readonly string[] } {
    if (this.#isExact) return allOf(this.#needles, `instr(${column}, ?)`);
    const small = this.#needles.filter((needle) => isAscii(needle));
    const { sql, values } = allOf(small, `instr(lower(${column}), ?)`);
    return { sql: `(${sql} OR instr(${column}, '${KELVIN}'))`, values };
  }

  /** Where a text holds it; undefined if it does not. Of several places, the first one that is a word. */
  find(text: string): TextHit | undefined {
    return findAll(this.#isExact ? text : folded(text), this.#needles);
  }
}

// --- internal ---

/** Beyond ASCII, the only letter of which the small one is in ASCII. */
const KELVIN = '\u212A';

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

function allOf(needles: readonly string[], condition: string) {
  return { sql: ['1', ...needles.map(() => condition)].join(' AND '), values: needles };
}

/**
 * More runs than these make no list of candidates much shorter, and each of them is read: of 620,000 pieces of code, with 12
 * of them a search took half as long again; with 4, the slowest took twice as long.
 */
const MOST_RUNS = 6;
/** Places of a needle that are looked at in search of a word. */
const MOST_PLACES = 50;

/**
 * The text in small letters, each at the place where it stood: a letter of which the small one is longer stays as it is, and
 * a sigma is the same at the end of a word as within. The index does the same.
 */
function folded(text: string): string {
  const small = text.toLowerCase();
  if (small.length === text.length) return small.replaceAll('ς', 'σ');
  return Array.from(text, (letter) => {
    const one = letter.toLowerCase();
    return one.length === letter.length ? one : letter;
  })
    .join('')
    .replaceAll('ς', 'σ');
}

/** The runs of three characters, each once. */
function* runsOf(needle: string): Iterable<string> {
  const characters = Array.from(needle);
  const seen = new Set<string>();
  for (let start = 0; start + LEAST_CHARACTERS <= characters.length; start += 1) {
    const run = characters.slice(start, start + LEAST_CHARACTERS).join('');
    if (seen.has(run) || run.includes('\0')) continue; // a NUL ends what FTS5 reads
    seen.add(run);
    yield run;
  }
}

/** At most `most` of the items, evenly spread, with the first and the last. */
function spread<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function findAll(text: string, needles: readonly string[]): TextHit | undefined {
  let first: TextHit | undefined;
  let isWord = true;
  for (const needle of needles) {
    const hit = findOne(text, needle);
    if (!hit) return undefined;
    first ??= hit;
    isWord &&= hit.isWord;
  }
  return first && { ...first, isWord };
}

function findOne(text: string, needle: string): TextHit | undefined {
  const { length } = needle;
  let index = text.indexOf(needle);
  if (index === -1) return undefined;
  const first = { index, length, isWord: false };
  for (let places = 0; index !== -1 && places < MOST_PLACES; places += 1) {
    if (isWordAt(text, index, length)) return { index, length, isWord: true };
    index = text.indexOf(needle, index + 1);
  }
  return first;
}

function isWordAt(text: string, index: number, length: number): boolean {
  const isCut = (at: number) => IN_WORD.test(text.slice(at - 1, at + 1));
  return !isCut(index) && !isCut(index + length);
}

/** Two characters of one word. */
const IN_WORD = /^[\p{L}\p{N}_]{2}$/u;
