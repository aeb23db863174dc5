import type { JsonObject } from '../base/json.ts';
import type { LineageEvent } from '../contract/lineage-event.ts';
import type { Database } from '../store/database.ts';
import { Outbox } from '../store/outbox.ts';
import { SinkPatterns } from '../store/sink-patterns.ts';
import type { UntoldPattern } from '../store/sink-patterns.ts';

/** Something that a caller of the library said of a pattern, as it was recorded. */
export interface DeclaredEvent {
  readonly eventId: string;
  readonly patternId: string;
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly filePath: string;
  readonly generation: number;
  readonly lineageId: string;
  /** What happened, in the sink's words. */
  readonly happened: Pick<
    LineageEvent,
    'event_type' | 'parent_pattern_ids' | 'edge_type' | 'transformation_type'
  >;
  readonly sessionId: string | undefined;
  readonly toolName: string | undefined;
  readonly toolUseId: string | undefined;
  readonly reason: string | undefined;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly at: number;
  /** What else the caller gave. */
  readonly further: JsonObject;
}

/** Puts what was declared into the outbox of a sink. */
export class DeclarationFeed {
  readonly #outbox: Outbox;
  readonly #told: SinkPatterns;
  readonly #machine: string;

  constructor(database: Database, sink: string, machine: string) {
    this.#outbox = new Outbox(database, sink);
    this.#told = new SinkPatterns(database, sink);
    this.#machine = machine;
  }

  /** Adds an event, and before it whatever the sink has to know to understand it. */
  add(event: DeclaredEvent): void {
    const { eventId, patternId, happened, at } = event;
    const parents = happened.parent_pattern_ids ?? [];
    const isNew =
      happened.event_type !== 'pattern_applied' && happened.event_type !== 'pattern_deprecated';
    for (const needed of isNew ? parents : [patternId]) {
      for (const untold of this.#told.untold(needed)) this.#tell(untold);
    }
    this.#told.add(patternId);
    const body: LineageEvent = {
      event_id: eventId,
      ...happened,
      pattern_id: patternId,
      pattern_name: event.name,
      pattern_type: 'code',
      pattern_version: '1.0.0',
      tool_name: event.toolName ?? null,
      file_path: event.filePath || null,
      language: event.language,
      reason: event.reason ?? null,
      triggered_by: 'library',
      pattern_data: {
        ...event.further,
        event_id: eventId,
        code: event.code,
        generation: event.generation,
        session_id: event.sessionId ?? null,
        tool_use_id: event.toolUseId ?? null,
        start_line: event.startLine,
        end_line: event.endLine,
        occurred_at: new Date(at).toISOString(),
        machine: this.#machine,
      },
    };
    const row = { eventId, patternId, lineageId: event.lineageId, at };
    this.#put(body, { ...row, sessionId: event.sessionId ?? null });
  }

  /** A pattern that the sink was never told of: from before it was configured. */
  #tell(pattern: UntoldPattern): void {
    if (!this.#told.add(pattern.id)) return;
    const { id, parentId, lineageId, firstSeenAt: at } = pattern;
    const eventId = `pattern-${id}`;
    const body: LineageEvent = {
      event_id: eventId,
      event_type: parentId ? 'pattern_modified' : 'pattern_created',
      parent_pattern_ids: parentId ? [parentId] : [],
      edge_type: parentId ? 'modified_from' : null,
      pattern_id: id,
      pattern_name: pattern.name,
      pattern_type: 'code',
      pattern_version: '1.0.0',
      language: pattern.language,
      reason: null,
      triggered_by: 'library',
      pattern_data: {
        event_id: eventId,
        code: pattern.code,
        generation: pattern.generation,
        occurred_at: new Date(at).toISOString(),
        machine: this.#machine,
      },
    };
    this.#put(body, { eventId, patternId: id, lineageId, sessionId: null, at });
  }

  #put(
    body: LineageEvent,
    row: {
      readonly eventId: string;
      readonly patternId: string;
      readonly lineageId: string;
      readonly sessionId: string | null;
      readonly at: number;
    },
  ): void {
    const { at, ...rest } = row;
    this.#outbox.add({ ...rest, eventType: body.event_type, body: JSON.stringify(body) }, at);
  }
}
