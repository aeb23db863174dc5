import type { JsonObject } from '../../../base/json.ts';
import type {
  EdgeType,
  LineageEventType,
  TransformationType,
} from '../../../lineage-api/lineage-terms.ts';

/** A checked event of the lineage API, with its defaults filled in. Times are milliseconds since 1970. */
export interface TrackedEvent {
  /** Idempotency key: the client's own, or one made for this request. */
  readonly eventId: string;
  readonly eventType: LineageEventType;
  readonly patternId: string;
  readonly name: string;
  readonly patternType: string;
  readonly version: string;
  readonly language: string;
  /** Without its secrets; empty if the event carries no code. */
  readonly code: string;
  readonly parentIds: readonly string[];
  /** What the client named; if undefined, the event type decides. */
  readonly edgeType: EdgeType | undefined;
  readonly transformationType: TransformationType | null;
  readonly reason: string | null;
  readonly triggeredBy: string;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly sessionId: string | null;
  readonly toolUseId: string | null;
  readonly agentName: string | null;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly durationMs: number | null;
  /** When it happened according to the client, otherwise when it arrived. */
  readonly at: number;
  readonly receivedAt: number;
  /**
   * Digest of the request whose `Idempotency-Key` is the event's id, so that another request with that key is noticed;
   * undefined where the event brought an id of its own.
   */
  readonly request?: string | undefined;
  /** Every key without a field here, including the rest of `pattern_data`, kept unchanged. */
  readonly extra: JsonObject;
}

/** A pattern in one version. */
export interface PatternNode {
  readonly patternId: string;
  readonly version: string;
  readonly lineageId: string;
  readonly generation: number;
}

/** What became of one event; every answer but `refused` is durable. */
export type SettledAnswer =
  | {
      readonly kind: 'created';
      readonly node: PatternNode;
      readonly parents: readonly PatternNode[];
    }
  /** This version of the pattern was stored before. */
  | { readonly kind: 'exists'; readonly node: PatternNode }
  /** The answer to `pattern_applied` and `pattern_deprecated`. */
  | { readonly kind: 'noted'; readonly node: PatternNode }
  /** An event with this id was applied before, so nothing changed. */
  | { readonly kind: 'duplicate'; readonly node: PatternNode }
  | { readonly kind: 'refused'; readonly message: string };

/** `conflict`: another request had the `Idempotency-Key` of the event's, so nothing of its request was applied. */
export type TrackAnswer = SettledAnswer | { readonly kind: 'conflict' };
