import { callEventId } from '../../event/call-event-id.ts';
import { TOOL_CALL_EVENT } from '../ended-tool-call.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';
import type { ToolCallEnd } from '../../event/tool-call.ts';
import type { Database } from '../../store/database/database.ts';
import type { ToolCallFeed } from '../sink.ts';
import { Outbox } from './outbox.ts';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';

/**
 * Adds each tool call to the outbox of a sink once, when it has ended. Anything learned about the
 * call later changes its row while that waits; a call that was sent is not sent again.
 */
export class ToolCallOutbox implements ToolCallFeed {
  readonly #sink: string;
  readonly #outbox: Outbox;
  readonly #call;
  readonly #refine;

  constructor(database: Database, sink: string) {
    this.#sink = sink;
    this.#outbox = new Outbox(database, sink);
    this.#call = database.prepare<[string, string], EndedToolCall>(
      `SELECT call.session_id, call.tool_use_id, call.tool_name, call.outcome, call.started_at,
         coalesce(call.ended_at, call.at) AS ended_at, call.duration_ms, call.agent_id,
         coalesce(call.agent_type, agent.agent_type) AS agent_type, call.prompt_id,
         call.summary, call.error
       FROM tool_calls call
       LEFT JOIN subagents agent
         ON agent.session_id = call.session_id AND agent.agent_id = call.agent_id
       WHERE call.session_id = ? AND call.tool_use_id = ?`,
    );
    this.#refine = database.prepare<[string, string, string]>(
      'UPDATE outbox SET body = ? WHERE sink = ? AND event_id = ? AND dead_at IS NULL',
    );
  }

  /** Adds a call that has just ended, or updates its row while that still waits. */
  put({ sessionId, toolUseId, at, isUpdate }: ToolCallEnd): void {
    if (isOfTest(sessionId)) return;
    const eventId = toolCallEventId(sessionId, toolUseId);
    if (isUpdate) {
      this.#refine.run(this.#body(sessionId, toolUseId), this.#sink, eventId);
      return;
    }
    this.#outbox.add(
      {
        eventId,
        eventType: TOOL_CALL_EVENT,
        sessionId,
        patternId: '',
        lineageId: eventId, // a lineage of its own, so that no call waits for another
        body: this.#body(sessionId, toolUseId),
      },
      at,
    );
  }

  #body(sessionId: string, toolUseId: string): string {
    return JSON.stringify(this.#call.get(sessionId, toolUseId));
  }
}

/** The id of a tool call's row in an outbox. */
export function toolCallEventId(sessionId: string, toolUseId: string): string {
  return callEventId(sessionId, toolUseId, TOOL_CALL_EVENT);
}

// --- internal ---

/** True for sessions of `capture-test`, which are not Claude's. */
function isOfTest(sessionId: string): boolean {
  return sessionId.startsWith(TEST_SESSION_PREFIX);
}
