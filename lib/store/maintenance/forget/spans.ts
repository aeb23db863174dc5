import type { Database } from '../../database/database.ts';
import { CHOSEN } from './selection.ts';

/** How many rows of one kind were chosen, and from when. Times are milliseconds since 1970 UTC. */
export interface ChosenSpan {
  readonly kind: 'events' | 'prompts' | 'tool calls' | 'occurrences';
  readonly count: number;
  /** Null when there is no row, like `newest`. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** The chosen rows that have a time, by kind. Call it before they are removed. */
export function chosenSpans(database: Database): ChosenSpan[] {
  const events = `event_id IN (SELECT event_id FROM ${CHOSEN.events})`;
  const sources: readonly (readonly [ChosenSpan['kind'], string, string, string])[] = [
    ['events', 'events', 'received_at', events],
    ['prompts', 'events', 'received_at', `name = 'UserPromptSubmit' AND ${events}`],
    [
      'tool calls',
      'tool_calls',
      'at',
      `(session_id, tool_use_id) IN (SELECT session_id, tool_use_id FROM ${CHOSEN.calls})`,
    ],
    [
      'occurrences',
      'occurrences',
      'at',
      `(event_id, ordinal) IN (SELECT event_id, ordinal FROM ${CHOSEN.occurrences})`,
    ],
  ];
  return sources.map(([kind, table, at, condition]) => {
    const span = database
      .prepare<[], Omit<ChosenSpan, 'kind'>>(
        `SELECT count(*) AS count, min(${at}) AS oldest, max(${at}) AS newest
         FROM ${table} WHERE ${condition}`,
      )
      .get();
    return { kind, ...(span ?? { count: 0, oldest: null, newest: null }) };
  });
}
