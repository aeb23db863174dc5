import type { EdgeType } from '../../lineage-api/lineage-terms.ts';
import { Descent } from '../../pattern/descent.ts';
import type { Claim, PatternDescent } from '../../pattern/descent.ts';
import { lineCount } from '../../pattern/line-count.ts';
import type {
  SettledAnswer,
  PatternNode,
  TrackAnswer,
  TrackedEvent,
} from './rows/tracked-event.ts';
import { occurrenceKey } from '../../pattern/occurrence-key.ts';
import type {
  Deprecation,
  KnownNode,
  KnownState,
  NewEvent,
  NewOccurrence,
  NewPattern,
  NewVersion,
  Renaming,
  Sighting,
  TrackPlan,
  VersionEdge,
} from './track-plan.ts';

/** Plans what applying events, in their order, does to what is known. The same input gives the same plan. */
export function planTrack(events: readonly TrackedEvent[], known: KnownState): TrackPlan {
  const planner = new Planner(known);
  const conflicting = requestsInConflict(events, known);
  const answers = events.map((event) =>
    conflicting.has(event.request) ? CONFLICT : planner.apply(event),
  );
  return { answers, ...planner.rows() };
}

// --- internal ---

const CONFLICT: TrackAnswer = { kind: 'conflict' };

/** The requests one of whose keys another request had before. Nothing of them is applied. */
function requestsInConflict(
  events: readonly TrackedEvent[],
  { requests }: KnownState,
): ReadonlySet<string | undefined> {
  const holders = new Map(requests);
  const conflicting = new Set<string>();
  for (const { eventId, request } of events) {
    if (request === undefined) continue;
    const holder = holders.get(eventId) ?? request;
    if (holder === request) holders.set(eventId, request);
    else conflicting.add(request);
  }
  return conflicting;
}

class Planner {
  readonly #descent: Descent;
  readonly #eventIds: Set<string>;
  readonly #forgotten: ReadonlySet<string>;
  /** The versions of each pattern by its id, newest last. */
  readonly #nodes = new Map<string, KnownNode[]>();
  readonly #events: NewEvent[] = [];
  readonly #patterns = new Map<string, Omit<NewPattern, 'descent'>>();
  readonly #renamings = new Map<string, Renaming>();
  readonly #versions: NewVersion[] = [];
  readonly #versionEdges: VersionEdge[] = [];
  readonly #occurrences: PlannedOccurrence[] = [];
  readonly #sightings = new Map<string, Sighting>();
  readonly #deprecations: Deprecation[] = [];

  constructor(known: KnownState) {
    this.#descent = new Descent(known.descent);
    this.#eventIds = new Set(known.eventIds);
    this.#forgotten = known.forgotten;
    for (const node of known.nodes) this.#learn(node);
  }

  rows(): Omit<TrackPlan, 'answers'> {
    const descents = this.#descent.changes();
    const origins = new Map(descents.map(({ after }) => [after.id, after]));
    return {
      events: this.#events,
      patterns: descents.flatMap(({ after }) => {
        const pattern = this.#patterns.get(after.id);
        return pattern ? [{ ...pattern, descent: after }] : [];
      }),
      renamings: [...this.#renamings.values()],
      descents,
      versions: this.#versions,
      versionEdges: this.#versionEdges,
      occurrences: this.#occurrences.map(({ action, ...occurrence }) => ({
        ...occurrence,
        action: action ?? actionOf(occurrence.event, origins.get(occurrence.patternId)),
      })),
      sightings: [...this.#sightings.values()],
      deprecations: this.#deprecations,
    };
  }

  apply(event: TrackedEvent): SettledAnswer {
    if (this.#eventIds.has(event.eventId)) {
      const node = this.#find(event.patternId, event.version) ?? unknownNode(event);
      return { kind: 'duplicate', node };
    }
    const answer = this.#dispatch(event);
    if (answer.kind === 'refused' || answer.kind === 'duplicate') return answer;
    this.#eventIds.add(event.eventId);
    const { eventId, eventType, patternId, sessionId, at, receivedAt, durationMs } = event;
    const { request, extra } = event;
    const { version } = answer.node;
    const times = { at, receivedAt, durationMs };
    this.#events.push({
      eventId,
      eventType,
      patternId,
      version,
      sessionId,
      ...times,
      request,
      extra,
    });
    return answer;
  }

  #dispatch(event: TrackedEvent): SettledAnswer {
    const { eventType, parentIds } = event;
    switch (eventType) {
      case 'pattern_created':
      case 'pattern_validated':
        // A creation needs no parents, so it may name some that are not known yet; they count once they come.
        return this.#create(event, parentIds, 'derived_from');
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

  #descend(event: TrackedEvent, parentIds: readonly string[], edgeType: EdgeType): SettledAnswer {
    const unknown = parentIds.find((id) => !this.#newest(id) && !this.#forgotten.has(id));
    if (unknown !== undefined) return refused(`Parent pattern not found: ${unknown}`);
    if (parentIds.length === 0) return refused(`${event.eventType} needs a parent`);
    // Its client cannot know that a parent was deleted here: the child is kept without it.
    const left = parentIds.filter((id) => this.#newest(id));
    return this.#create(event, left, edgeType);
  }

  #create(
    event: TrackedEvent,
    parentIds: readonly string[],
    usualEdgeType: EdgeType,
  ): SettledAnswer {
    const claims = claimsOf(event, parentIds, usualEdgeType);
    const present = this.#find(event.patternId, event.version);
    if (present) {
      if (event.eventType === 'pattern_validated') return { kind: 'exists', node: present };
      if (present.isFirst && this.#tell(event, claims)) this.#rename(event);
      this.#occur(event, present.isFirst ? undefined : 'applied');
      return { kind: 'exists', node: present };
    }
    const parents = parentIds.flatMap((id) => this.#newest(id) ?? []);
    const first = this.#nodes.get(event.patternId)?.[0];
    // The answer gives what the contract demands: generation and lineage by the order of arrival. The
    // stored rows follow the rules of descent, which go by the time of each origin.
    const generation = Math.max(
      first?.generation ?? 0,
      ...parents.map((parent) => parent.generation + 1),
      1,
    );
    const { patternId, version } = event;
    const lineageId = first?.lineageId ?? parents[0]?.lineageId ?? patternId;
    const node = { patternId, version, generation, lineageId, isFirst: !first };
    if (first) this.#addVersion(event, node, parents, claims, usualEdgeType);
    else this.#addPattern(event, claims);
    this.#learn(node);
    this.#occur(event, first && (parents.length > 0 ? 'modified' : 'created'));
    return { kind: 'created', node, parents };
  }

  #addPattern(event: TrackedEvent, claims: readonly Claim[]): void {
    const { patternId, version, name, patternType, code, language, at } = event;
    this.#patterns.set(patternId, {
      patternId,
      version,
      name,
      patternType,
      code,
      language,
      lastAt: at,
      lines: lineCount(code),
    });
    this.#tell(event, claims);
  }

  #addVersion(
    event: TrackedEvent,
    node: PatternNode,
    parents: readonly KnownNode[],
    claims: readonly Claim[],
    usualEdgeType: EdgeType,
  ): void {
    const { patternId, name, code, patternType, edgeType, transformationType, at } = event;
    this.#versions.push({
      ...node,
      name,
      code,
      patternType,
      at,
      fromVersion: parents.find((parent) => parent.patternId === patternId)?.version ?? null,
      edgeType: edgeType ?? usualEdgeType,
      transformationType: transformationType ?? 'refactor',
    });
    // Unlike the first version, a further one may close a circle, so every walk has to end by itself.
    for (const claim of claims) {
      if (claim.parentId === patternId || !this.#newest(claim.parentId)) continue;
      this.#versionEdges.push({ childId: patternId, ...claim });
    }
  }

  #apply(event: TrackedEvent): SettledAnswer {
    const node = this.#find(event.patternId, event.version) ?? this.#newest(event.patternId);
    if (!node) return this.#withoutPattern(event);
    this.#occur(event, 'applied'); // an application does not tell how the pattern came to be
    return { kind: 'noted', node };
  }

  #deprecate(event: TrackedEvent): SettledAnswer {
    const { patternId, reason, at } = event;
    const node = this.#newest(patternId);
    if (!node) return this.#withoutPattern(event);
    this.#deprecations.push({ patternId, reason, at });
    return { kind: 'noted', node };
  }

  /** An event that only makes sense with its pattern. If that was deleted, the event is deleted with it. */
  #withoutPattern(event: TrackedEvent): SettledAnswer {
    if (!this.#forgotten.has(event.patternId)) {
      return refused(`Pattern not found: ${event.patternId}`);
    }
    return { kind: 'duplicate', node: unknownNode(event) };
  }

  #tell({ patternId, at, eventId }: TrackedEvent, claims: readonly Claim[]) {
    return this.#descent.tell({ patternId, at, key: eventId, claims });
  }

  /** Gives the pattern the name of its origin, which may have arrived after other events. */
  #rename({ patternId, name, patternType, language }: TrackedEvent): void {
    const added = this.#patterns.get(patternId);
    if (added) this.#patterns.set(patternId, { ...added, name, patternType, language });
    else this.#renamings.set(patternId, { patternId, name, patternType, language });
  }

  /**
   * Adds the occurrence of an event. An event that names neither session nor file adds none, unless it is an
   * application. `action` is undefined if the event may be the pattern's origin: `rows` then decides.
   */
  #occur(event: TrackedEvent, action?: NewOccurrence['action']): void {
    const { eventType, patternId, sessionId, filePath, at } = event;
    const isPlaced = sessionId !== null || filePath !== null;
    if (!isPlaced && eventType !== 'pattern_applied') return;
    this.#occurrences.push({ key: occurrenceKey(event.eventId), patternId, event, action });
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
    const node = this.#nodes.get(patternId)?.find((known) => known.version === version);
    return node && this.#asOfNow(node);
  }

  #newest(patternId: string): KnownNode | undefined {
    const node = this.#nodes.get(patternId)?.at(-1);
    return node && this.#asOfNow(node);
  }

  /** Applies the lineage and generation that an earlier event of the batch may have given the pattern. */
  #asOfNow(node: KnownNode): KnownNode {
    const { generation, lineageId } = this.#descent.node(node.patternId) ?? node;
    return node.isFirst ? { ...node, generation, lineageId } : { ...node, lineageId };
  }
}

interface PlannedOccurrence extends Omit<NewOccurrence, 'action'> {
  readonly action: NewOccurrence['action'] | undefined;
}

function actionOf({ eventId }: TrackedEvent, descent: PatternDescent | undefined) {
  return descent?.originKey === eventId ? descent.origin : 'applied';
}

function claimsOf(
  { edgeType, transformationType, at }: TrackedEvent,
  parentIds: readonly string[],
  usualEdgeType: EdgeType,
): Claim[] {
  const type = edgeType ?? usualEdgeType;
  const transformation = transformationType ?? (type === 'merged_from' ? 'merge' : 'refactor');
  return parentIds.map((parentId) => ({
    parentId,
    edgeType: type,
    transformationType: transformation,
    at,
  }));
}

function refused(message: string): SettledAnswer {
  return { kind: 'refused', message: `Validation error: ${message}` };
}

/** The node of an event whose pattern is gone. */
function unknownNode({ patternId, version }: TrackedEvent): PatternNode {
  return { patternId, version, lineageId: patternId, generation: 1 };
}
