import { isJsonObject } from '../../../base/json.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import type { Database } from '../../../store/database/database.ts';
import type { AcceptedEvent, AcceptedQuery } from '../rows/accepted-event.ts';

/** Events in the order in which they were accepted: that of their ids, since there is one writer. */
export function acceptedEvents(
  database: Database,
  { after, limit, withCode }: AcceptedQuery,
): AcceptedEvent[] {
  const place = database.prepare<[string, number], Place>(
    `SELECT action, tool_use_id AS toolUseId, nullif(tool_name, '') AS toolName,
       nullif(file_path, '') AS filePath, language, start_line AS startLine, end_line AS endLine
     FROM occurrences WHERE event_id = ? AND ordinal = ?`,
  );
  return database
    .prepare<[object], EventRow>(
      `SELECT e.id AS number, e.event_id AS eventId, e.event_type AS eventType, e.pattern_id AS patternId,
         e.version, e.session_id AS sessionId, e.duration_ms AS durationMs, e.at,
         e.received_at AS receivedAt, e.extra, p.name AS patternName, p.pattern_type AS patternType,
         CASE WHEN @withCode AND e.version = p.version THEN p.code END AS code
       FROM lineage_events e LEFT JOIN patterns p ON p.id = e.pattern_id
       WHERE e.id > @after ORDER BY e.id LIMIT @limit`,
    )
    .all({ after, limit, withCode: Number(withCode) })
    .map(({ extra, ...event }) => {
      const key = occurrenceKey(event.eventId);
      const further: unknown = JSON.parse(extra);
      return {
        ...event,
        ...(place.get(key.eventId, key.ordinal) ?? NO_PLACE),
        extra: isJsonObject(further) ? further : {},
      };
    });
}

// --- internal ---

type Place = Pick<
  AcceptedEvent,
  'action' | 'toolUseId' | 'toolName' | 'filePath' | 'language' | 'startLine' | 'endLine'
>;

const NO_PLACE: Place = {
  action: null,
  toolUseId: null,
  toolName: null,
  filePath: null,
  language: null,
  startLine: null,
  endLine: null,
};

type EventRow = Omit<AcceptedEvent, keyof Place | 'extra'> & {
  /** JSON. */
  readonly extra: string;
};
