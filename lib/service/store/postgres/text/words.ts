import { hexDigest } from '../../../../base/digest.ts';
import { INDEXED_CHARACTERS } from '../../rows/pattern-search.ts';
import type { SearchQuery } from '../../rows/pattern-search.ts';

/** What a search can find a pattern by. */
export interface Findable {
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly patternType: string;
}

/**
 * The lexemes of a pattern: its words, its language and its type. Each begins with a sign of the tenant,
 * so that the index leads to no other tenant's patterns. They are made here because PostgreSQL's own parser
 * is made for prose: it takes `fs.readFile` for a host and `a_b` for two words.
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
 * A tsquery for patterns with all of the words, the language and one of the types; undefined when the query
 * contains no word.
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
/** Longer words are cut, in UTF-16 units; PostgreSQL accepts words of up to 2 kB. */
const WORD_LENGTH = 200;

/** The distinct words of a text. */
function wordsOf(text: string): string[] {
  const words = new Set<string>();
  // Removing the accents can make a text longer, so it is cut again.
  const characters = plain(text.slice(0, INDEXED_CHARACTERS)).slice(0, INDEXED_CHARACTERS);
  for (const [word] of characters.matchAll(WORD))
    words.add(word.slice(0, WORD_LENGTH).toWellFormed());
  return [...words];
}

/** Two tenants may share a sign; that only costs time, because every statement names the tenant as well. */
function signOf(tenant: string): string {
  return `${hexDigest(tenant, 4)}:`;
}

/** A digest, because a language may contain any character. The dot keeps it apart from words. */
function languageLexeme(sign: string, language: string): string {
  return `${sign}l.${hexDigest(language, 12)}`;
}

function typeLexeme(sign: string, type: string): string {
  return `${sign}t.${hexDigest(type, 12)}`;
}

/** Lowers the case and removes accents, so that a word is found however it is written. */
function plain(text: string): string {
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : lower.normalize('NFKD').replace(/\p{M}/gu, '');
}

// oxlint-disable-next-line no-control-regex -- the range of ASCII
const ASCII = /^[\0-\x7f]*$/;
