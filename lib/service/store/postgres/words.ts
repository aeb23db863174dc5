import { hexDigest } from '../../../base/digest.ts';
import { INDEXED_CHARACTERS } from '../rows/pattern-search.ts';
import type { SearchQuery } from '../rows/pattern-search.ts';

/** What a search can look for. */
export interface Findable {
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly patternType: string;
}

/**
 * The lexemes of a pattern: its words, its language and its type. Each begins with a sign of the tenant,
 * so that the index leads to no other tenant's patterns. They are made here since PostgreSQL's own parser
 * knows words of prose: for it `fs.readFile` is a host, and `a_b` are two words.
 */
export function indexedWords(tenant: string, pattern: Findable): string[] {
  const sign = signOf(tenant);
  return [
    languageLexeme(sign, pattern.language),
    typeLexeme(sign, pattern.patternType),
    ...wordsOf(`${pattern.name} ${pattern.code}`).map((word) => sign + word),
  ];
}

/**
 * A tsquery that finds what has all of the words, the language and one of the types; undefined when there
 * is no word to look for.
 */
export function searchCondition(
  tenant: string,
  query: Pick<SearchQuery, 'words' | 'language' | 'patternTypes'>,
): string | undefined {
  const sign = signOf(tenant);
  const words = query.words.flatMap((word) => wordsOf(word));
  if (words.length === 0) return undefined;
  const conditions = words.map((word) => `'${sign}${word}'`);
  if (query.language !== undefined) conditions.push(`'${languageLexeme(sign, query.language)}'`);
  if (query.patternTypes !== undefined && query.patternTypes.length > 0) {
    const types = query.patternTypes.map((type) => `'${typeLexeme(sign, type)}'`);
    conditions.push(`(${types.join(' | ')})`);
  }
  return conditions.join(' & ');
}

// --- internal ---

const WORD = /[\p{L}\p{N}_]+/gu;
/** In UTF-16 units; PostgreSQL takes words of 2 kB. */
const WORD_LENGTH = 200;

/** The distinct words of a text. */
function wordsOf(text: string): string[] {
  const words = new Set<string>();
  // Without accents a text may be longer than it was.
  const characters = plain(text.slice(0, INDEXED_CHARACTERS)).slice(0, INDEXED_CHARACTERS);
  for (const [word] of characters.matchAll(WORD))
    words.add(word.slice(0, WORD_LENGTH).toWellFormed());
  return [...words];
}

/** Two tenants of one sign only cost each other time: every statement names the tenant as well. */
function signOf(tenant: string): string {
  return `${hexDigest(tenant, 4)}:`;
}

/** Digests, since a language may hold any character; no word has a dot. */
function languageLexeme(sign: string, language: string): string {
  return `${sign}l.${hexDigest(language, 12)}`;
}

function typeLexeme(sign: string, type: string): string {
  return `${sign}t.${hexDigest(type, 12)}`;
}

/** In lower case and without accents, so that they are found however they are written. */
function plain(text: string): string {
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : lower.normalize('NFKD').replace(/\p{M}/gu, '');
}

// oxlint-disable-next-line no-control-regex -- the range of ASCII
const ASCII = /^[\0-\x7f]*$/;
