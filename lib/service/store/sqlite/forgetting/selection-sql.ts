import type { Selection } from '../../rows/forgetting.ts';
import { choosesCalls } from '../../rows/forgetting.ts';
import { EVENT_ID } from '../patterns.ts';

/** SQL conditions for a selection. They take its members as named parameters, and are never null. */
export interface SelectionSql {
  /** Of a row of lineage_events, `e`. */
  readonly event: string;
  /** Of a row of occurrences, `o`. */
  readonly occurrence: string;
  /** Of a row of feedback. */
  readonly feedback: string;
  /** Of a row of applied_improvements. */
  readonly improvement: string;
  /** Of a row of tool_calls that is chosen by itself. */
  readonly call: string;
  /** Of a row of sessions that is chosen by itself. */
  readonly session: string;
}

/** The conditions for `selection`. */
export function selectionSql(selection: Selection): SelectionSql {
  const { patternId, sessionId, machine, before } = selection;
  const isOf = (column: string) => (patternId === undefined ? [] : [`${column} IS @patternId`]);
  const isIn = (column: string) => (sessionId === undefined ? [] : [`${column} IS @sessionId`]);
  const isBy = (condition: string) => (machine === undefined ? [] : [condition]);
  const isOld = (column: string) => (before === undefined ? [] : [`${column} < @before`]);
  const all = (...conditions: readonly (readonly string[])[]) =>
    ['true', ...conditions.flat()].join(' AND ');
  const byMachine = "json_extract(extra, '$.machine') IS @machine";
  const isOthersOnly = sessionId === undefined && machine === undefined;
  return {
    event: all(
      isOf('e.pattern_id'),
      isIn('e.session_id'),
      isBy("json_extract(e.extra, '$.machine') IS @machine"),
      isOld('e.at'),
    ),
    occurrence: all(
      isOf('o.pattern_id'),
      isIn('o.session_id'),
      isBy(`EXISTS (SELECT 1 FROM lineage_events sent
        WHERE sent.event_id = ${EVENT_ID} AND json_extract(sent.extra, '$.machine') IS @machine)`),
      isOld('o.at'),
    ),
    feedback: all(isOf('pattern_id'), isIn('session_id'), isBy(byMachine), isOld('at')),
    improvement: isOthersOnly ? all(isOf('pattern_id'), isOld('at')) : 'false',
    call: choosesCalls(selection) ? all(isIn('session_id'), isOld('at')) : 'false',
    session: choosesCalls(selection) ? all(isIn('id'), isOld('last_event_at')) : 'false',
  };
}

/** SQL that selects a page of the patterns that may be concerned, as `id` and `seenAt`. */
export function candidatesSql({ patternId, sessionId }: Selection): string {
  if (patternId !== undefined) {
    return `SELECT id, last_seen_at AS seenAt FROM patterns WHERE id = @patternId AND @id IS NULL`;
  }
  if (sessionId !== undefined) {
    return `SELECT pattern_id AS id, 0 AS seenAt FROM occurrences
      WHERE session_id = @sessionId AND (@id IS NULL OR pattern_id < @id)
      UNION SELECT pattern_id, 0 FROM lineage_events
      WHERE session_id = @sessionId AND event_type = 'pattern_deprecated'
        AND (@id IS NULL OR pattern_id < @id)
      ORDER BY id DESC LIMIT @patterns`;
  }
  return `SELECT id, last_seen_at AS seenAt FROM patterns
    WHERE (last_seen_at, id) < (coalesce(@seenAt, 9e15), coalesce(@id, ''))
    ORDER BY last_seen_at DESC, id DESC LIMIT @patterns`;
}

/** A session that no courier recorded here, and of which nothing is left. `s` is its row. */
export const IS_SESSION_EMPTY = `s.cwd IS NULL AND s.source IS NULL AND s.project_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM occurrences WHERE session_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM tool_calls WHERE session_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = s.id)`;
