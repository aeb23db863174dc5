import { errorMessage } from '../../../base/errors.ts';
import type { Database } from '../../../store/database/database.ts';
import { HEAD_CHARACTERS, LOOKED_THROUGH, searchedParts } from '../rows/pattern-search.ts';
import type { FoundPattern, SearchQuery } from '../rows/pattern-search.ts';
import { NEWEST_OCCURRENCE, PATTERN_COLUMNS, readPattern } from './patterns.ts';
import type { PatternRow } from './patterns.ts';

/**
 * Patterns that contain the words or, if none does, those of the newest that contain them as parts. Those
 * that became known last come first. Only what `SearchIndex` has indexed is found by words.
 */
export function searchPatterns(database: Database, query: SearchQuery): FoundPattern[] {
  const words = byWords(database, query);
  return words.length > 0 ? words : byParts(database, query);
}

// --- internal ---

/** How many characters of a pattern are searched for parts of words: 2,000 patterns take about 50 ms. */
const SEARCHED_CHARACTERS = 10_000;

/** What the tokenizer takes for one word. */
const WORD = /[\p{L}\p{N}\p{Co}_]+/gu;

function byWords(database: Database, query: SearchQuery): FoundPattern[] {
  const words = query.words.flatMap((word) => word.normalize().match(WORD) ?? []);
  if (words.length === 0) return [];
  const match = words.map((word) => `"${word}"`).join(' '); // quoted, so that none is an operator
  try {
    return select(
      database,
      'pattern_search JOIN patterns p ON p.id = pattern_search.pattern_id',
      ['pattern_search MATCH @match'],
      'pattern_search.rowid DESC',
      query,
      { match },
    );
  } catch (error) {
    // A letter that is missing in SQLite's tables splits a word in two, and two words are a phrase.
    if (errorMessage(error).includes('phrase queries are not supported')) return [];
    throw error;
  }
}

function byParts(database: Database, query: SearchQuery): FoundPattern[] {
  const parts = searchedParts(query);
  if (parts.length === 0) return [];
  // Lower-cased here, once for each pattern and not again for each part.
  return select(
    database,
    `(SELECT *, lower(name || char(10) || substr(code, 1, ${SEARCHED_CHARACTERS})) AS text
      FROM patterns ORDER BY last_seen_at DESC LIMIT ${LOOKED_THROUGH}) p`,
    parts.map((_, n) => `instr(p.text, lower(@part${n})) > 0`),
    'p.last_seen_at DESC',
    query,
    Object.fromEntries(parts.map((part, n) => [`part${n}`, part])),
  );
}

function select(
  database: Database,
  from: string,
  found: readonly string[],
  order: string,
  { limit, patternTypes, language, since }: SearchQuery,
  values: Readonly<Record<string, unknown>>,
): FoundPattern[] {
  const conditions = [...found];
  if (language !== undefined) conditions.push('p.language = @language');
  if (since !== undefined) conditions.push('p.last_seen_at >= @since');
  if (patternTypes !== undefined) {
    conditions.push('p.pattern_type IN (SELECT value FROM json_each(@patternTypes))');
  }
  return database
    .prepare<[Record<string, unknown>], PatternRow & { readonly head: string }>(
      `SELECT ${PATTERN_COLUMNS}, substr(p.code, 1, ${HEAD_CHARACTERS}) AS head
       FROM ${from} ${NEWEST_OCCURRENCE} WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT @limit`,
    )
    .all({
      ...values,
      limit,
      ...(language !== undefined && { language }),
      ...(since !== undefined && { since }),
      ...(patternTypes && { patternTypes: JSON.stringify(patternTypes) }),
    })
    .map(readPattern);
}
