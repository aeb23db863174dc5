/** Characters of a pattern whose words can be found: all words together must stay below 1 MB. */
export const INDEXED_CHARACTERS = 100_000;

/**
 * What PostgreSQL can keep of a value: it knows no NUL character, and no half of a surrogate pair. They
 * become the visible U+2400 and U+FFFD. A value without any comes back as it is.
 */
export function storable<T>(value: T): T {
  const text = JSON.stringify(value);
  if (text === undefined || !UNSTORABLE.test(text)) return value;
  return clean(value) as T;
}

/** The words of a pattern that can be found: the distinct ones, separated by spaces. */
export function searchWords(text: string): string[] {
  const words = new Set<string>();
  for (const [word] of plain(text.slice(0, INDEXED_CHARACTERS)).matchAll(WORD)) {
    words.add(word.slice(0, WORD_LENGTH));
  }
  return [...words];
}

/** The word that every pattern of a tenant has and no pattern of another. */
export function tenantWord(tenant: string): string {
  return `@${tenant}`; // no word has an @
}

/** A query that finds what has all of the words; undefined when there is nothing to look for. */
export function searchCondition(tenant: string, words: readonly string[]): string | undefined {
  const found = words.flatMap((word) => searchWords(word));
  if (found.length === 0) return undefined;
  return [tenantWord(tenant), ...found].map((word) => `'${word}'`).join(' & ');
}

// --- internal ---

/** As JSON writes it; a backslash before a u in code is a false alarm that costs only time. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;
const WORD = /[\p{L}\p{N}_]+/gu;
/** In UTF-16 units; PostgreSQL takes words of 2 kB. */
const WORD_LENGTH = 200;

/** In lower case and without accents, so that they are found however they are written. */
function plain(text: string): string {
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : lower.normalize('NFKD').replace(/\p{M}/gu, '');
}

// oxlint-disable-next-line no-control-regex -- the range of ASCII
const ASCII = /^[\0-\x7f]*$/;

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\u2400');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [clean(key) as string, clean(each)]),
  );
}
