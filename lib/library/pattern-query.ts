import * as z from 'zod';
import type { RepliedPattern } from '../lineage-api/query-reply.ts';
import { checkArgument } from './library-argument.ts';

/** Where an answer comes from: the server, what it said a while ago, or this machine's own store. */
export type AnswerSource = 'api' | 'cache' | 'local';

/** A pattern in a list. Null is what the source does not say. */
export interface TrackedPattern extends RepliedPattern {
  readonly source: AnswerSource;
}

export interface PatternQuery {
  /** 1 to 1000. @default 10 */
  readonly limit?: number | undefined;
  readonly language?: string | undefined;
  /** Only what was seen since: a Date, or milliseconds since 1970. */
  readonly since?: Date | number | undefined;
}

export interface LineageQuery {
  /** @default 'ancestry' */
  readonly direction?: 'ancestry' | 'descendants' | undefined;
  /** Steps, 1 to 20. @default 20 */
  readonly depth?: number | undefined;
}

export interface PatternRelative {
  readonly id: string;
  readonly generation: number | null;
  readonly edgeType: string | null;
  /** Steps from the pattern asked about. */
  readonly depth: number | null;
}

export interface PatternLineage {
  readonly patternId: string;
  readonly direction: 'ancestry' | 'descendants';
  /** Nearest first. */
  readonly relatives: readonly PatternRelative[];
  readonly source: AnswerSource;
}

/** The most patterns that one query gives. */
export const MAX_PATTERNS = 1_000;
/** The longest way that a lineage is followed, in steps. */
export const MAX_DEPTH = 20;

/** A query with its defaults. @throws TrackerError E_ARGUMENT, as the two below */
export function checkPatternQuery(query: PatternQuery = {}) {
  return checkArgument('queryPatterns', PATTERN_QUERY, query);
}

export function checkLineageQuery(query: LineageQuery = {}) {
  return checkArgument('getLineage', LINEAGE_QUERY, query);
}

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
