import type { StoredPattern } from './stored-pattern.ts';

/** What to search for. All given conditions hold at once. */
export interface SearchQuery {
  /**
   * A pattern must contain all of them as words. If no pattern does, the newest `LOOKED_THROUGH` patterns
   * are searched for them as parts of words. Case does not matter.
   */
  readonly words: readonly string[];
  readonly limit: number;
  readonly patternTypes?: readonly string[] | undefined;
  readonly language?: string | undefined;
  /** Only patterns seen at or after this time, in milliseconds since 1970. */
  readonly since?: number | undefined;
}

/** A pattern that a search found. */
export interface FoundPattern extends StoredPattern {
  /** The first `HEAD_CHARACTERS` of its code. */
  readonly head: string;
}

/** The newest patterns that are searched for parts of words. */
export const LOOKED_THROUGH = 2_000;

/** Characters of code that a search shows. */
export const HEAD_CHARACTERS = 300;

/**
 * Characters of a pattern's code whose words can be found. PostgreSQL sets the bound: all words of a
 * `tsvector` must stay below 1 MB.
 */
export const INDEXED_CHARACTERS = 100_000;

/** The words of what somebody searches for. Those beyond the first 20 are ignored, to bound the cost of a query. */
export function searchedWords(text: string): string[] {
  return text
    .split(/[^\p{L}\p{N}_]+/u)
    .filter(Boolean)
    .slice(0, MAX_WORDS);
}

/** What a search for parts of words looks for: the words as given, without the blank ones. */
export function searchedParts({ words }: SearchQuery): string[] {
  return words.filter((word) => word.trim() !== '');
}

// --- internal ---

const MAX_WORDS = 20;
