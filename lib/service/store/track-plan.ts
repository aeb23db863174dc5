import type { JsonObject } from '../../base/json.ts';
import type {
  EdgeType,
  LineageEventType,
  TransformationType,
} from '../../lineage-api/lineage-event.ts';
import type { Claim, DescentChange, KnownDescent, PatternDescent } from '../../pattern/descent.ts';
import type { PatternNode, TrackAnswer, TrackedEvent } from './rows/tracked-event.ts';

/** A version of a pattern that is in the store. */
export interface KnownNode extends PatternNode {
  /** The first version of a pattern is the pattern itself; only further ones have rows of their own. */
  readonly isFirst: boolean;
}

/** What a store has to look up before events can be applied. */
export interface TrackNeeds {
  readonly eventIds: readonly string[];
  /** Those the events are of, and their parents. */
  readonly patternIds: readonly string[];
}

export interface KnownState {
  /** Of the event ids asked for, those that were applied before. */
  readonly eventIds: ReadonlySet<string>;
  /** Every version of the patterns asked for, oldest first. */
  readonly nodes: readonly KnownNode[];
  readonly descent: KnownDescent;
}

/** A pattern that is not in the store; its descent is among the plan's. */
export interface NewPattern {
  readonly patternId: string;
  readonly version: string;
  readonly name: string;
  readonly patternType: string;
  readonly code: string;
  readonly language: string;
  readonly lines: number;
  readonly descent: PatternDescent;
  /** Time of the newest event that told of it, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** What a pattern is called since an earlier event became its origin. */
export interface Renaming {
  readonly patternId: string;
  readonly name: string;
  readonly patternType: string;
  readonly language: string;
}

/** A version of a pattern beyond its first. */
export interface NewVersion extends PatternNode {
  readonly name: string;
  readonly code: string;
  readonly patternType: string;
  /** The version of the same pattern that it was modified from. */
  readonly fromVersion: string | null;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  readonly at: number;
}

/** An edge that a further version of a pattern draws; those of its first are in its descent. */
export interface VersionEdge extends Claim {
  readonly childId: string;
}

/** One place that code was written to. */
export interface NewOccurrence {
  readonly key: OccurrenceKey;
  readonly patternId: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly event: TrackedEvent;
}

export interface OccurrenceKey {
  readonly eventId: string;
  readonly ordinal: number;
}

/** An event that was applied, with what has no place elsewhere. */
export interface NewEvent {
  readonly eventId: string;
  readonly eventType: LineageEventType;
  readonly patternId: string;
  readonly version: string;
  readonly sessionId: string | null;
  readonly at: number;
  readonly receivedAt: number;
  readonly durationMs: number | null;
  readonly extra: JsonObject;
}

/** How often and when a pattern was written, beyond what the store knows. */
export interface Sighting {
  readonly patternId: string;
  readonly occurrences: number;
  /** Milliseconds since 1970, as below. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Deprecation {
  readonly patternId: string;
  readonly reason: string | null;
  readonly at: number;
}

/** What applying events comes to: an answer to each, and the rows to write in one transaction. */
export interface TrackPlan {
  readonly answers: readonly TrackAnswer[];
  readonly events: readonly NewEvent[];
  readonly patterns: readonly NewPattern[];
  readonly renamings: readonly Renaming[];
  /** The patterns, new ones included, whose descent changes. */
  readonly descents: readonly DescentChange[];
  readonly versions: readonly NewVersion[];
  readonly versionEdges: readonly VersionEdge[];
  readonly occurrences: readonly NewOccurrence[];
  /** Of new patterns too, whose rows are to begin with no occurrence. */
  readonly sightings: readonly Sighting[];
  readonly deprecations: readonly Deprecation[];
}

export function trackNeeds(events: readonly TrackedEvent[]): TrackNeeds {
  const patternIds = new Set<string>();
  for (const { patternId, parentIds } of events) {
    patternIds.add(patternId);
    for (const id of parentIds) patternIds.add(id);
  }
  return {
    eventIds: [...new Set(events.map(({ eventId }) => eventId))],
    patternIds: [...patternIds],
  };
}

/** In the key of an occurrence whose event id is not made as the courier's are. */
export const NO_ORDINAL = -1;

/**
 * The key of an event's occurrence. The courier's are `<32 hex digits>-<ordinal>`, as its own rows are: a
 * database that serves the very courier that fills it counts nothing twice. No two ids have one key.
 */
export function occurrenceKey(eventId: string): OccurrenceKey {
  const match = /^([0-9a-f]{32})-(0|[1-9]\d{0,5})$/.exec(eventId);
  if (!match) return { eventId, ordinal: NO_ORDINAL };
  return { eventId: match[1] ?? eventId, ordinal: Number(match[2]) };
}
