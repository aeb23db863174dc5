import type { JsonObject } from '../../base/json.ts';
import type { LineageEvent } from '../../lineage-api/lineage-event.ts';
import type { Database } from '../../store/database/database.ts';
import { LineageFeed } from './lineage-feed.ts';

/** What a caller of the library declared about a pattern, as it was recorded. */
export interface DeclaredEvent {
  readonly eventId: string;
  readonly patternId: string;
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly filePath: string;
  readonly generation: number;
  readonly lineageId: string;
  /** What happened, in the terms of the lineage API. */
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
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Further keys of the caller's context, redacted. */
  readonly further: JsonObject;
}

/** Adds declared events to the outbox of a sink. */
export class DeclarationFeed {
  readonly #feed: LineageFeed;
  readonly #machine: string;

  constructor(database: Database, sink: string, machine: string) {
    this.#feed = new LineageFeed(database, sink, machine);
    this.#machine = machine;
  }

  /** Adds an event, and before it the patterns that the sink must know first. */
  add(event: DeclaredEvent): void {
    const { eventId, patternId, happened, at } = event;
    const parents = happened.parent_pattern_ids ?? [];
    const isNew =
      happened.event_type !== 'pattern_applied' && happened.event_type !== 'pattern_deprecated';
    this.#feed.introduce(patternId, isNew ? parents : [patternId], at);
    const body = {
      event_id: eventId,
      ...happened,
      pattern_id: patternId,
      pattern_name: event.name,
      pattern_type: 'code',
      pattern_version: '1.0.0',
      tool_name: event.toolName || null,
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
    const { lineageId, sessionId = null } = event;
    this.#feed.put(body, { lineageId, sessionId, at });
  }
}
