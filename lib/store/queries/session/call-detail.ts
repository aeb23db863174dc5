import { callEventId } from '../../../event/call-event-id.ts';
import { asObject } from '../../../base/json.ts';
import type { Json, JsonObject } from '../../../base/json.ts';
import type { Database } from '../../database/database.ts';
import { TimelineCalls } from './timeline-calls.ts';
import type { TimelineCall } from './timeline-calls.ts';

/** A call with all that is stored of it. */
export interface CallDetail extends TimelineCall {
  /** What the tool was given; null once its payload is past retention. */
  readonly input: JsonObject | null;
  /** What the tool answered; null where nothing is stored. */
  readonly output: Json;
}

/** Reads all that is stored of a call of a session, of which the timeline tells the rest. */
export function callDetail(database: Database, sessionId: string, call: TimelineCall): CallDetail {
  const { isRecovered, toolUseId } = call;
  const reader = new TimelineCalls(database, sessionId, true);
  const payload = database
    .prepare<[string], string | null>('SELECT payload_text(payload) FROM events WHERE event_id = ?')
    .pluck();
  const stored = (name: string): JsonObject | undefined => {
    const text = payload.get(callEventId(sessionId, toolUseId, name));
    try {
      return text ? asObject(JSON.parse(text) as Json) : undefined;
    } catch {
      return undefined; // it was cut
    }
  };
  const end = stored('PostToolUse') ?? stored('PostToolUseFailure');
  const input = asObject(end?.['tool_input']) ?? asObject(stored('PreToolUse')?.['tool_input']);
  return {
    ...reader.read({ ...call, recovered: isRecovered ? 1 : 0 }),
    input: input ?? null,
    output: end?.['tool_response'] ?? null,
  };
}
