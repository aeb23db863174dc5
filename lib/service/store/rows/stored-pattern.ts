import type { PatternOrder } from '../../../lineage-api/service-request.ts';

/** A pattern as the service keeps it. Times are milliseconds since 1970. */
export interface StoredPattern {
  readonly id: string;
  readonly name: string;
  readonly patternType: string;
  readonly version: string;
  readonly language: string;
  readonly lines: number;
  readonly origin: 'created' | 'modified';
  readonly generation: number;
  readonly lineageId: string;
  readonly occurrences: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly isDeprecated: boolean;
  /** The newest occurrence's file. */
  readonly filePath: string | null;
  /** The newest occurrence's session. */
  readonly sessionId: string | null;
}

/** One place that a pattern was written to. */
export interface StoredOccurrence {
  readonly eventId: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly sessionId: string | null;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly at: number;
}

/** A version of a pattern beyond its first. */
export interface StoredVersion {
  readonly version: string;
  readonly generation: number;
  readonly name: string;
  readonly code: string;
  readonly createdAt: number;
}

/** A pattern with its code, its newest occurrences and its later versions. */
export interface StoredPatternDetail extends StoredPattern {
  readonly code: string;
  /** Newest first, at most `OCCURRENCES_SHOWN`. */
  readonly recent: readonly StoredOccurrence[];
  /** Newest first, at most `VERSIONS_SHOWN`. */
  readonly furtherVersions: readonly StoredVersion[];
}

/** The most later versions that a detail lists. */
export const VERSIONS_SHOWN = 20;

/** The most occurrences that a detail lists. */
export const OCCURRENCES_SHOWN = 20;

/** Which patterns a page lists. All given conditions hold at once. */
export interface PatternListFilter {
  readonly limit: number;
  readonly order: PatternOrder;
  /** The last pattern of the page before, and its time in this order; the list goes on after it. */
  readonly before?: { readonly at: number; readonly id: string } | undefined;
  readonly language?: string | undefined;
  readonly patternType?: string | undefined;
  readonly sessionId?: string | undefined;
}
