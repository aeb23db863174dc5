import type { Database } from '../../store/database/database.ts';

/** An event as it is stored, with the texts of its call. */
export interface RescannedEvent {
  readonly id: number;
  readonly eventId: string;
  readonly sessionId: string;
  readonly payload: string | null;
  readonly toolUseId: string | null;
  readonly summary: string | null;
  readonly asked: string | null;
  readonly error: string | null;
  readonly project: string;
}

/** The events whose ids follow `id`, at most `limit`. */
export function rescannedEvents(database: Database, id: number, limit: number): RescannedEvent[] {
  return database
    .prepare<[number, number], RescannedEvent>(
      `SELECT e.id, e.event_id AS eventId, e.session_id AS sessionId, payload_text(e.payload) AS payload,
         c.tool_use_id AS toolUseId, c.summary, c.asked, c.error, coalesce(p.root, '') AS project
       FROM events e
       LEFT JOIN tool_calls c ON c.session_id = e.session_id AND c.tool_use_id = e.tool_use_id
       LEFT JOIN sessions s ON s.id = e.session_id LEFT JOIN projects p ON p.id = s.project_id
       WHERE e.id > ? ORDER BY e.id LIMIT ?`,
    )
    .all(id, limit);
}
