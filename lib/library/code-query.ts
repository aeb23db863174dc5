import * as z from 'zod';
import { isLongEnough, LEAST_CHARACTERS } from '../store/queries/search/search-text.ts';
import { SEARCH_KINDS } from '../store/queries/search/searchable.ts';
import { LEAST_SCORE } from '../store/queries/search/similar.ts';
import { checkArgument } from './library-argument.ts';

/** The argument of `searchPatterns`. */
export interface TextQuery {
  /** Three characters or more; capital letters count if there is one. */
  readonly text: string;
  /** Only these: pattern, prompt, command, error, path. @default ['pattern'] */
  readonly kinds?: readonly FoundText['kind'][] | undefined;
  /** Only code in this language, whatever its case. @default all */
  readonly language?: string | undefined;
  /** Only what was recorded then or later: a Date, or milliseconds since 1970 UTC. @default all */
  readonly since?: Date | number | undefined;
  /** The most to return, 1 to 1,000. @default 10 */
  readonly limit?: number | undefined;
}

/** A text that `searchPatterns` found, and where it stood last. */
export interface FoundText {
  readonly kind: 'pattern' | 'prompt' | 'command' | 'error' | 'path';
  /** Null for other kinds than `pattern`. */
  readonly patternId: string | null;
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly filePath: string | null;
  /** Of the file, from 1. */
  readonly line: number | null;
  /** The line that holds the text. */
  readonly snippet: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The argument of `findSimilar`. */
export interface SimilarQuery {
  readonly code: string;
  /** What the code is written in. @default as `filePath` says */
  readonly language?: string | undefined;
  /** The file that the code is in or for. @default unknown */
  readonly filePath?: string | undefined;
  /** What is less similar is left out, 0 to 1. @default 0.64 */
  readonly minScore?: number | undefined;
  /** The most to return, 1 to 1,000. @default 10 */
  readonly limit?: number | undefined;
}

/** A pattern that `findSimilar` found. */
export interface SimilarCode {
  readonly patternId: string;
  /** 1 for the same code, 0.9 if only names differ. */
  readonly score: number;
  readonly code: string;
  readonly language: string;
  /** Where it was written last; null, like the line, where no place is known. */
  readonly filePath: string | null;
  readonly line: number | null;
  readonly sessionId: string | null;
}

/** Validates a query and fills in its defaults. @throws TrackerError E_ARGUMENT */
export function checkTextQuery(query: TextQuery) {
  return checkArgument('searchPatterns', TEXT_QUERY, query);
}

/** Validates a query and fills in its defaults. @throws TrackerError E_ARGUMENT */
export function checkSimilarQuery(query: SimilarQuery) {
  return checkArgument('findSimilar', SIMILAR_QUERY, query);
}

// --- internal ---

const limitRange = 'must be a whole number from 1 to 1000';
const LIMIT = z.int(limitRange).min(1, limitRange).max(1_000, limitRange).default(10);
const NAME = z.string('must be a string').min(1, 'must not be empty').optional();

const TEXT_QUERY = z.strictObject({
  text: z
    .string('must be a string')
    .refine(isLongEnough, `must have ${LEAST_CHARACTERS} characters or more`),
  kinds: z
    .array(z.enum(SEARCH_KINDS, `must be some of ${SEARCH_KINDS.join(', ')}`))
    .min(1, 'must not be empty')
    .default(['pattern']),
  language: NAME,
  since: z
    .union([z.date(), z.number()], 'must be a Date, or milliseconds since 1970')
    .transform(Number)
    .optional(),
  limit: LIMIT,
});

const scoreRange = 'must be a number from 0 to 1';
const SIMILAR_QUERY = z.strictObject({
  code: z.string('must be the code, a string'),
  language: NAME,
  filePath: NAME,
  minScore: z.number(scoreRange).min(0, scoreRange).max(1, scoreRange).default(LEAST_SCORE),
  limit: LIMIT,
});
