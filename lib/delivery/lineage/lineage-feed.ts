import type { LineageEvent } from '../../lineage-api/lineage-event.ts';
import type { Database } from '../../store/database/database.ts';
import { Outbox } from '../store/outbox.ts';
import type { OccurrenceOrigin, RecordedFragment } from '../../pattern/recorded-fragment.ts';
import { SinkPatterns } from '../store/sink-patterns.ts';
import type { UntoldParent, UntoldPattern } from '../store/sink-patterns.ts';

/** What the outbox keeps besides an event's body. */
export interface FeedRow {
  readonly lineageId: string;
  readonly sessionId: string | null;
  /** When the event happened, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Adds recorded patterns to the outbox of a sink, as lineage events. */
export class LineageFeed {
  readonly #outbox: Outbox;
  readonly #told: SinkPatterns;
  readonly #repository;
  readonly #machine: string;

  constructor(database: Database, sink: string, machine: string) {
    this.#outbox = new Outbox(database, sink);
    this.#told = new SinkPatterns(database, sink);
    this.#repository = database.prepare<[number], { readonly name: string; readonly root: string }>(
      'SELECT name, root FROM projects WHERE id = ?',
    );
    this.#machine = machine;
  }

  /** Adds one occurrence, and before it the patterns that the sink must know first. */
  add(recorded: RecordedFragment, ordinal: number, origin: OccurrenceOrigin): void {
    const { patternId, lineageId, action, parentId } = recorded;
    const isFirst = action !== 'applied';
    const needed = isFirst ? parentId : patternId;
    this.introduce(patternId, needed === null ? [] : [needed], origin.at);
    const eventId = `${origin.eventId}-${ordinal}`;
    // Machines have it in different folders: the server tells by it which files are the same.
    const repository =
      origin.projectId === null ? undefined : this.#repository.get(origin.projectId);
    this.put(
      {
        ...eventOf(isFirst ? parentId : null, action),
        event_id: eventId,
        pattern_id: patternId,
        pattern_name: recorded.name,
        tool_name: origin.toolName || null,
        file_path: recorded.filePath,
        language: recorded.language,
        pattern_data: {
          event_id: eventId,
          code: recorded.code,
          generation: recorded.generation,
          session_id: origin.sessionId,
          tool_use_id: origin.toolUseId ?? null,
          start_line: recorded.startLine,
          end_line: recorded.endLine,
          occurred_at: new Date(origin.at).toISOString(),
          machine: this.#machine,
          ...(repository && { repository }),
        },
      },
      { lineageId, sessionId: origin.sessionId, at: origin.at },
    );
  }

  /**
   * Prepares for an event of `patternId`: adds those of the `needed` patterns and their ancestors that the
   * sink does not know, and marks `patternId` as known. `at` is in milliseconds since 1970 UTC.
   */
  introduce(patternId: string, needed: readonly string[], at: number): void {
    for (const id of needed) for (const untold of this.#told.untold(id)) this.#tell(untold, at);
    this.#told.add(patternId);
  }

  /** Adds an event as it is; it has no effect if the outbox has its id already. */
  put(event: LineageEvent & { readonly event_id: string }, row: FeedRow): void {
    this.#outbox.add(
      {
        eventId: event.event_id,
        eventType: event.event_type,
        sessionId: row.sessionId,
        patternId: event.pattern_id,
        lineageId: row.lineageId,
        body: JSON.stringify(event),
      },
      row.at,
    );
  }

  /** Adds the event that introduces a pattern from before the sink was configured. */
  #tell(pattern: UntoldPattern, at: number): void {
    if (!this.#told.add(pattern.id)) return;
    const eventId = `pattern-${pattern.id}`;
    this.put(
      {
        ...descentOf(pattern.parents.filter(({ id }) => this.#told.has(id))),
        event_id: eventId,
        pattern_id: pattern.id,
        pattern_name: pattern.name,
        language: pattern.language,
        pattern_data: {
          event_id: eventId,
          code: pattern.code,
          generation: pattern.generation,
          occurred_at: new Date(pattern.firstSeenAt).toISOString(),
          machine: this.#machine,
        },
      },
      { lineageId: pattern.lineageId, sessionId: null, at },
    );
  }
}

// --- internal ---

type Action = 'created' | 'modified' | 'applied';

const COMMON = {
  pattern_type: 'code',
  pattern_version: '1.0.0',
  triggered_by: 'claude-code',
  reason: null,
} as const;

/** The part of an event that creates a pattern from these parents. */
function descentOf(parents: readonly UntoldParent[]) {
  const [first, ...others] = parents;
  if (!first) return eventOf(null, 'created');
  const isMerge = first.edgeType === 'merged_from' && others.length > 0;
  return {
    ...COMMON,
    event_type: isMerge ? ('pattern_merged' as const) : ('pattern_modified' as const),
    parent_pattern_ids: parents.map(({ id }) => id),
    edge_type: first.edgeType,
    transformation_type: null,
  };
}

function eventOf(parentId: string | null | undefined, action: Action) {
  if (action !== 'modified' || !parentId) {
    const event_type =
      action === 'applied' ? ('pattern_applied' as const) : ('pattern_created' as const);
    return { ...COMMON, event_type, parent_pattern_ids: [] };
  }
  return {
    ...COMMON,
    event_type: 'pattern_modified' as const,
    parent_pattern_ids: [parentId],
    edge_type: 'modified_from' as const,
    transformation_type: null,
  };
}
