import type { JsonObject } from '../../base/json.ts';
import type {
  EdgeType,
  LineageEventType,
  TransformationType,
} from '../../lineage-api/lineage-event.ts';
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
}

export interface NewPattern extends PatternNode {
  readonly name: string;
  readonly patternType: string;
  readonly code: string;
  readonly language: string;
  readonly lines: number;
  readonly origin: 'created' | 'modified';
  readonly at: number;
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

export interface NewEdge {
  readonly childId: string;
  readonly parentId: string;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  readonly at: number;
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
  readonly versions: readonly NewVersion[];
  readonly edges: readonly NewEdge[];
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

/** Applies events in their order to what is known. Pure: the same input gives the same plan. */
export function planTrack(events: readonly TrackedEvent[], known: KnownState): TrackPlan {
  const planner = new Planner(known);
  const answers = events.map((event) => planner.apply(event));
  return { answers, ...planner.rows() };
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

// --- internal ---

class Planner {
  readonly #eventIds: Set<string>;
  /** By pattern id, the newest version last. */
  readonly #nodes = new Map<string, KnownNode[]>();
  readonly #events: NewEvent[] = [];
  readonly #patterns: NewPattern[] = [];
  readonly #versions: NewVersion[] = [];
  readonly #edges: NewEdge[] = [];
  readonly #occurrences: NewOccurrence[] = [];
  readonly #sightings = new Map<string, Sighting>();
  readonly #deprecations: Deprecation[] = [];

  constructor(known: KnownState) {
    this.#eventIds = new Set(known.eventIds);
    for (const node of known.nodes) this.#learn(node);
  }

  rows(): Omit<TrackPlan, 'answers'> {
    return {
      events: this.#events,
      patterns: this.#patterns,
      versions: this.#versions,
      edges: this.#edges,
      occurrences: this.#occurrences,
      sightings: [...this.#sightings.values()],
      deprecations: this.#deprecations,
    };
  }

  apply(event: TrackedEvent): TrackAnswer {
    if (this.#eventIds.has(event.eventId)) {
      const node = this.#find(event.patternId, event.version) ?? unknownNode(event);
      return { kind: 'duplicate', node };
    }
    const answer = this.#dispatch(event);
    if (answer.kind === 'refused') return answer;
    this.#eventIds.add(event.eventId);
    const { eventId, eventType, patternId, sessionId, at, receivedAt, durationMs, extra } = event;
    const { version } = answer.node;
    const times = { at, receivedAt, durationMs };
    this.#events.push({ eventId, eventType, patternId, version, sessionId, ...times, extra });
    return answer;
  }

  #dispatch(event: TrackedEvent): TrackAnswer {
    const { eventType, parentIds } = event;
    switch (eventType) {
      case 'pattern_created':
      case 'pattern_validated':
        // A creation needs no parents: those that are not known are only kept with the event.
        return this.#create(
          event,
          parentIds.flatMap((id) => this.#newest(id) ?? []),
          'derived_from',
        );
      case 'pattern_modified':
      case 'pattern_forked':
        return this.#descend(event, parentIds.slice(0, 1), 'modified_from');
      case 'pattern_merged': {
        const different = [...new Set(parentIds)];
        if (different.length < 2) return refused('pattern_merged needs 2 different parents');
        return this.#descend(event, different, 'merged_from');
      }
      case 'pattern_applied':
        return this.#apply(event);
      case 'pattern_deprecated':
        return this.#deprecate(event);
    }
  }

  #descend(event: TrackedEvent, parentIds: readonly string[], edgeType: EdgeType): TrackAnswer {
    const parents: KnownNode[] = [];
    for (const id of parentIds) {
      const parent = this.#newest(id);
      if (!parent) return refused(`Parent pattern not found: ${id}`);
      parents.push(parent);
    }
    if (parents.length === 0) return refused(`${event.eventType} needs a parent`);
    return this.#create(event, parents, edgeType);
  }

  #create(event: TrackedEvent, parents: readonly KnownNode[], edgeType: EdgeType): TrackAnswer {
    const { patternId, version, at, transformationType } = event;
    const present = this.#find(patternId, version);
    if (present) {
      if (event.eventType !== 'pattern_validated') this.#occur(event, 'applied');
      return { kind: 'exists', node: present };
    }
    const first = this.#nodes.get(patternId)?.[0];
    const others = parents.filter((parent) => parent.patternId !== patternId);
    const own = parents.find((parent) => parent.patternId === patternId);
    const generation = Math.max(
      first?.generation ?? 0,
      ...parents.map((parent) => parent.generation + 1),
      1,
    );
    const lineageId = first?.lineageId ?? parents[0]?.lineageId ?? patternId;
    const node = { patternId, version, generation, lineageId, isFirst: !first };
    const edge = event.edgeType ?? edgeType;
    if (first) {
      this.#versions.push({
        ...node,
        name: event.name,
        code: event.code,
        patternType: event.patternType,
        fromVersion: own?.version ?? null,
        edgeType: edge,
        transformationType: transformationType ?? 'refactor',
        at,
      });
    } else {
      this.#patterns.push({
        ...node,
        name: event.name,
        patternType: event.patternType,
        code: event.code,
        language: event.language,
        lines: lineCount(event.code),
        origin: parents.length > 0 ? 'modified' : 'created',
        at,
      });
    }
    this.#learn(node);
    // A further version of a pattern may close a cycle: who walks must not go in circles.
    for (const { patternId: parentId } of others) {
      const kind = transformationType ?? (edge === 'merged_from' ? 'merge' : 'refactor');
      this.#edges.push({
        childId: patternId,
        parentId,
        edgeType: edge,
        transformationType: kind,
        at,
      });
    }
    this.#occur(event, parents.length > 0 ? 'modified' : 'created');
    return { kind: 'created', node, parents };
  }

  #apply(event: TrackedEvent): TrackAnswer {
    const node = this.#find(event.patternId, event.version) ?? this.#newest(event.patternId);
    if (!node) return refused(`Pattern not found: ${event.patternId}`);
    this.#occur(event, 'applied');
    return { kind: 'noted', node };
  }

  #deprecate(event: TrackedEvent): TrackAnswer {
    const { patternId, reason, at } = event;
    const node = this.#newest(patternId);
    if (!node) return refused(`Pattern not found: ${patternId}`);
    this.#deprecations.push({ patternId, reason, at });
    return { kind: 'noted', node };
  }

  /** What names neither a session nor a file only tells of a pattern; an application is one anyway. */
  #occur(event: TrackedEvent, action: NewOccurrence['action']): void {
    const { eventType, patternId, sessionId, filePath, at } = event;
    const isPlaced = sessionId !== null || filePath !== null;
    if (!isPlaced && eventType !== 'pattern_applied') return;
    this.#occurrences.push({ key: occurrenceKey(event.eventId), patternId, action, event });
    const seen = this.#sightings.get(patternId);
    this.#sightings.set(patternId, {
      patternId,
      occurrences: (seen?.occurrences ?? 0) + 1,
      firstAt: Math.min(seen?.firstAt ?? at, at),
      lastAt: Math.max(seen?.lastAt ?? at, at),
    });
  }

  #learn(node: KnownNode): void {
    const versions = this.#nodes.get(node.patternId);
    if (versions) versions.push(node);
    else this.#nodes.set(node.patternId, [node]);
  }

  #find(patternId: string, version: string): KnownNode | undefined {
    return this.#nodes.get(patternId)?.find((node) => node.version === version);
  }

  #newest(patternId: string): KnownNode | undefined {
    return this.#nodes.get(patternId)?.at(-1);
  }
}

function refused(message: string): TrackAnswer {
  return { kind: 'refused', message: `Validation error: ${message}` };
}

/** Of an event that was applied and whose pattern is gone. */
function unknownNode({ patternId, version }: TrackedEvent): PatternNode {
  return { patternId, version, lineageId: patternId, generation: 1 };
}

function lineCount(code: string): number {
  if (code === '') return 0;
  return code.replace(/\r?\n$/, '').split('\n').length;
}
