import type { JsonObject } from '../../base/json.ts';
import type {
  EdgeType,
  LineageEventType,
  TransformationType,
} from '../../lineage-api/lineage-terms.ts';
import type { Claim, DescentChange, KnownDescent, PatternDescent } from '../../pattern/descent.ts';
import type { OccurrenceKey } from '../../pattern/occurrence-key.ts';
import type { PatternNode, TrackAnswer, TrackedEvent } from './rows/tracked-event.ts';

/** A stored version of a pattern. */
export interface KnownNode extends PatternNode {
  /** True for a pattern's first version, which is its own row; further versions have rows of their own. */
  readonly isFirst: boolean;
}

/** What a store has to look up before events can be applied. */
export interface TrackNeeds {
  readonly eventIds: readonly string[];
  /** Those of them that are `Idempotency-Key`s. */
  readonly keys: readonly string[];
  /** The patterns of the events, and their parents. */
  readonly patternIds: readonly string[];
}

/** What a store looked up to plan events. */
export interface KnownState {
  /** The event ids, among those asked for, that were applied before, also those of deleted events. */
  readonly eventIds: ReadonlySet<string>;
  /** Which request brought an event, by the id, among `keys`. An earlier release did not note it. */
  readonly requests: ReadonlyMap<string, string>;
  /** The patterns, among those asked for, that were deleted and are not known again. */
  readonly forgotten: ReadonlySet<string>;
  /** Every version of the patterns asked for, oldest first. */
  readonly nodes: readonly KnownNode[];
  readonly descent: KnownDescent;
}

/** A pattern that is not stored yet. `descent` is one of the plan's `descents`. */
export interface NewPattern {
  readonly patternId: string;
  readonly version: string;
  readonly name: string;
  readonly patternType: string;
  readonly code: string;
  readonly language: string;
  readonly lines: number;
  readonly descent: PatternDescent;
  /** When the event that adds it happened, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** What a stored pattern is called from now on, because an earlier event has become its origin. */
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

/** An edge from a further version of a pattern. The edges of its first version are in its descent. */
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

/** An event to note as applied, with the fields that no other row holds. */
export interface NewEvent {
  readonly eventId: string;
  readonly eventType: LineageEventType;
  readonly patternId: string;
  readonly version: string;
  readonly sessionId: string | null;
  readonly at: number;
  readonly receivedAt: number;
  readonly durationMs: number | null;
  readonly request?: string | undefined;
  readonly extra: JsonObject;
}

/** How often and when a pattern was written in the planned events. */
export interface Sighting {
  readonly patternId: string;
  readonly occurrences: number;
  /** Milliseconds since 1970, as below. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A statement that a pattern should no longer be used. The latest one holds. */
export interface Deprecation {
  readonly patternId: string;
  readonly reason: string | null;
  readonly at: number;
}

/** The answer to each event, and the rows to write in one transaction. */
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
  /** Also of new patterns: `patterns` counts none of their occurrences. */
  readonly sightings: readonly Sighting[];
  readonly deprecations: readonly Deprecation[];
}

/** Lists what has to be known before `events` can be planned. */
export function trackNeeds(events: readonly TrackedEvent[]): TrackNeeds {
  const patternIds = new Set<string>();
  for (const { patternId, parentIds } of events) {
    patternIds.add(patternId);
    for (const id of parentIds) patternIds.add(id);
  }
  return {
    eventIds: [...new Set(events.map(({ eventId }) => eventId))],
    keys: events.flatMap(({ eventId, request }) => (request === undefined ? [] : [eventId])),
    patternIds: [...patternIds],
  };
}
