import { callEventId } from '../../../event/call-event-id.ts';
import type { Database } from '../../database/database.ts';

/** Finds the events by which a session changed files. */
export class SessionWrites {
  readonly #written;
  readonly #changed;
  readonly #counted;

  constructor(database: Database) {
    const columns = 'SELECT event_id AS eventId, tool_use_id AS toolUseId, min(at) AS at';
    this.#written = database.prepare<[string], Write>(
      `${columns} FROM occurrences WHERE session_id = ? GROUP BY event_id`,
    );
    this.#changed = database.prepare<[string], Write>(
      `${columns} FROM file_changes WHERE session_id = ? GROUP BY event_id`,
    );
    // An edit that only takes lines away writes no code.
    this.#counted = database.prepare<[string], { toolUseId: string; at: number }>(
      `SELECT tool_use_id AS toolUseId, coalesce(ended_at, at) AS at FROM tool_calls
       WHERE session_id = ? AND lines_added IS NOT NULL AND tool_use_id NOT GLOB '~*'`,
    );
  }

  /** The ids of these events, in the order in which they happened. */
  events(sessionId: string): string[] {
    const times = new Map<string, number>();
    for (const { eventId, at } of [
      ...this.#written.all(sessionId),
      ...this.#changed.all(sessionId),
    ]) {
      times.set(eventId, at);
    }
    for (const { toolUseId, at } of this.#counted.all(sessionId)) {
      const eventId = callEventId(sessionId, toolUseId, 'PostToolUse');
      if (!times.has(eventId)) times.set(eventId, at);
    }
    return [...times]
      .toSorted(([one, first], [other, second]) => first - second || (one < other ? -1 : 1))
      .map(([eventId]) => eventId);
  }
}

// --- internal ---

interface Write {
  readonly eventId: string;
  readonly toolUseId: string | null;
  readonly at: number;
}
