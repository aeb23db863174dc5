import * as z from 'zod';
import type { RepliedPattern } from '../lineage-api/query-reply.ts';
import { checkArgument } from './library-argument.ts';

/** Where an answer comes from: the server, the cache of its answers, or tracker.db of this machine. */
export type AnswerSource = 'api' | 'cache' | 'local';

/** A pattern in a list. A property is null if the source does not know it. */
export interface TrackedPattern extends RepliedPattern {
  readonly source: AnswerSource;
}

/** The argument of `queryPatterns`. */
export interface PatternQuery {
  /** The most patterns to return, 1 to 1,000. @default 10 */
  readonly limit?: number | undefined;
  /** Only patterns in this language, whatever its case. @default all */
  readonly language?: string | undefined;
  /** Only patterns last seen then or later: a Date, or milliseconds since 1970 UTC. @default all */
  readonly since?: Date | number | undefined;
}

/** The second argument of `getLineage`. */
export interface LineageQuery {
  /** Ancestors or descendants. @default 'ancestry' */
  readonly direction?: 'ancestry' | 'descendants' | undefined;
  /** How many steps to follow, 1 to 20. @default 20 */
  readonly depth?: number | undefined;
}

/** An ancestor or a descendant. A property is null if the source does not know it. */
export interface PatternRelative {
  readonly id: string;
  readonly generation: number | null;
  /** How the child was made from its parent, such as `modified_from`. */
  readonly edgeType: string | null;
  /** The number of steps from the pattern that the query names. */
  readonly depth: number | null;
}

/** The answer of `getLineage`. */
export interface PatternLineage {
  readonly patternId: string;
  readonly direction: 'ancestry' | 'descendants';
  /** Nearest first. */
  readonly relatives: readonly PatternRelative[];
  readonly source: AnswerSource;
}

/** The most patterns that one query returns. */
export const MAX_PATTERNS = 1_000;
/** The most steps that a query follows a lineage. */
export const MAX_DEPTH = 20;

/** Validates a query and fills in its defaults. @throws TrackerError E_ARGUMENT */
export function checkPatternQuery(query: PatternQuery = {}) {
  return checkArgument('queryPatterns', PATTERN_QUERY, query);
}

/** Validates a query and fills in its defaults. @throws TrackerError E_ARGUMENT */
export function checkLineageQuery(query: LineageQuery = {}) {
  return checkArgument('getLineage', LINEAGE_QUERY, query);
}

/** Validates the id of a pattern: 1 to 255 characters. @throws TrackerError E_ARGUMENT */
export function checkPatternId(id: string): string {
  return checkArgument('getLineage', PATTERN_ID, id);
}

// --- internal ---

const PATTERN_ID = z
  .string('must be the id of a pattern, a string')
  .min(1, 'must not be empty')
  .max(255, 'must have at most 255 characters');
const limitRange = `must be a whole number from 1 to ${MAX_PATTERNS}`;
const PATTERN_QUERY = z.strictObject({
  limit: z.int(limitRange).min(1, limitRange).max(MAX_PATTERNS, limitRange).default(10),
  language: z.string('must be a string').min(1, 'must not be empty').optional(),
  since: z
    .union([z.date(), z.number()], 'must be a Date, or milliseconds since 1970')
    .transform(Number)
    .optional(),
});
const depthRange = `must be a whole number from 1 to ${MAX_DEPTH}`;
const LINEAGE_QUERY = z.strictObject({
  direction: z
    .enum(['ancestry', 'descendants'], 'must be "ancestry" or "descendants"')
    .default('ancestry'),
  depth: z.int(depthRange).min(1, depthRange).max(MAX_DEPTH, depthRange).default(MAX_DEPTH),
});
