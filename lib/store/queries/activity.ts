import type { Database } from '../database/database.ts';
import { Conditions } from './conditions.ts';
import type { ListFilter } from './conditions.ts';
import { payloadField } from '../database/payload/payload-field.ts';
import { TOOL_CALL_COLUMNS, toolCallReader } from './tool-calls.ts';
import type { ListedToolCall } from './tool-calls.ts';

/** A stored event. Ids grow in the order in which events are stored. */
export interface StoredEvent {
  readonly id: number;
  readonly eventId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly toolUseId: string | null;
  readonly receivedAt: number;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
  /** From the payload, for versions of Claude Code that send no tool_use_id. */
  readonly toolName: string | null;
  readonly source: string | null;
  readonly reason: string | null;
}

/** A pattern as one event wrote it. */
export interface WrittenPattern {
  readonly patternId: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly filePath: string;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly language: string;
  readonly lines: number | null;
  readonly generation: number | null;
}

/** Which events {@link eventsAfter} returns. */
export type EventFilter = Pick<ListFilter, 'session' | 'since' | 'until' | 'withTests' | 'limit'>;

/** The id of the newest event; 0 when there is none. */
export function newestEventId(database: Database): number {
  return database.prepare<[], number>('SELECT coalesce(max(id), 0) FROM events').pluck().get() ?? 0;
}

/**
 * The id of the first stored event that was received at `since` or later (milliseconds since 1970 UTC); undefined when
 * there is none.
 */
export function firstEventSince(database: Database, since: number): number | undefined {
  const id = database
    .prepare<[number], number | null>('SELECT min(id) FROM events WHERE received_at >= ?')
    .pluck()
    .get(since);
  return id ?? undefined;
}

/** Events stored after the one with `id`, up to `last` if it is given, in the order in which they were stored. */
export function eventsAfter(
  database: Database,
  id: number,
  filter: EventFilter,
  last?: number,
): StoredEvent[] {
  const where = new Conditions()
    .add('e.id > @id', { id })
    .addFilter({ session: 'e.session_id', project: 's.project_id', time: 'e.received_at' }, filter);
  if (last !== undefined) where.add('e.id <= @last', { last });
  return database
    .prepare<[Record<string, string | number>], StoredEvent>(
      `SELECT e.id, e.event_id AS eventId, e.session_id AS sessionId, e.name,
         e.tool_use_id AS toolUseId, e.received_at AS receivedAt,
         project.root AS projectRoot, project.name AS projectName,
         ${payloadField('e.payload', 'tool_name')} AS toolName, ${payloadField('e.payload', 'source')} AS source,
         ${payloadField('e.payload', 'reason')} AS reason
       FROM events e
       LEFT JOIN sessions s ON s.id = e.session_id
       LEFT JOIN projects project ON project.id = s.project_id
       ${where.sql()} ORDER BY e.id LIMIT @limit`,
    )
    .all({ ...where.values, limit: filter.limit });
}

/** One tool call; undefined when it is not known. */
export function toolCallById(
  database: Database,
  sessionId: string,
  toolUseId: string,
): ListedToolCall | undefined {
  return toolCallReader(database)(sessionId, toolUseId);
}

/** The calls of a PostToolBatch that never ran: no other event reports them. */
export function refusedCallsOf(database: Database, event: StoredEvent): ListedToolCall[] {
  return database
    .prepare<[number], ListedToolCall>(
      `SELECT ${TOOL_CALL_COLUMNS}
       FROM events e
       JOIN json_each(
         CASE WHEN json_valid(payload_text(e.payload)) THEN payload_text(e.payload) ELSE '{}' END, '$.tool_calls') item
       JOIN tool_calls call
         ON call.session_id = e.session_id
         AND call.tool_use_id = json_extract(item.value, '$.tool_use_id')
       LEFT JOIN sessions s ON s.id = e.session_id
       LEFT JOIN projects project ON project.id = s.project_id
       WHERE e.id = ? AND item.type = 'object' AND call.outcome IN ('rejected', 'denied')
       ORDER BY item.key`,
    )
    .all(event.id);
}

/** The patterns that one event wrote, in the order of its fragments. */
export function patternsOfEvent(database: Database, eventId: string): WrittenPattern[] {
  return database
    .prepare<[string], WrittenPattern>(
      `SELECT o.pattern_id AS patternId, o.action, o.file_path AS filePath,
         o.start_line AS startLine, o.end_line AS endLine, o.language, p.lines, p.generation
       FROM occurrences o LEFT JOIN patterns p ON p.id = o.pattern_id
       WHERE o.event_id = ? AND o.authorship = 'authored' ORDER BY o.ordinal`,
    )
    .all(eventId);
}
