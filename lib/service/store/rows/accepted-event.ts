import type { JsonObject } from '../../../base/json.ts';

/** An event as it was accepted, for whoever reads all of them. Times are milliseconds since 1970. */
export interface AcceptedEvent {
  /** Its place in the order of acceptance within its tenant: rises, with gaps, and is never given twice. */
  readonly number: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly patternId: string;
  readonly version: string;
  /** Null if it only tells of a pattern. */
  readonly action: 'created' | 'modified' | 'applied' | null;
  readonly sessionId: string | null;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly language: string | null;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly durationMs: number | null;
  readonly at: number;
  readonly receivedAt: number;
  /** Every key without a field here. */
  readonly extra: JsonObject;
  /** The pattern's as it is now; null if it was deleted since. */
  readonly patternName: string | null;
  readonly patternType: string | null;
  /** Null unless it was asked for, and for events of a pattern's further versions. */
  readonly code: string | null;
}

/** Which events are read: at most `limit` after `number`, the first accepted first. */
export interface AcceptedQuery {
  readonly after: number;
  readonly limit: number;
  readonly withCode: boolean;
}
