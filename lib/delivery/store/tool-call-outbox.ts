import { hexDigest } from '../../base/digest.ts';
import { TOOL_CALL_EVENT } from '../ended-tool-call.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';
import type { ToolOutcome } from '../../event/tool-call.ts';
import type { Database } from '../../store/database/database.ts';
import type { ChangedToolCall, ToolCallFeed } from '../sink.ts';
import { Outbox } from './outbox.ts';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';

/**
 * Puts each tool call into the outbox of a sink once, when it has ended. What becomes known of
 * it later changes the row while it waits; a call that was sent is not sent again.
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
         agent.agent_type, call.summary, call.error
       FROM tool_calls call
       LEFT JOIN subagents agent
         ON agent.session_id = call.session_id AND agent.agent_id = call.agent_id
       WHERE call.session_id = ? AND call.tool_use_id = ?`,
    );
    this.#refine = database.prepare<[string, string, string]>(
      'UPDATE outbox SET body = ? WHERE sink = ? AND event_id = ? AND dead_at IS NULL',
    );
  }

  /** Takes a call that was written; `before` is its outcome until then, undefined for a new one. */
  changed(before: ToolOutcome | undefined, call: ChangedToolCall): void {
    const { sessionId, toolUseId, outcome, endedAt, at } = call;
    if (isOfTest(sessionId) || outcome === 'running') return;
    if (before === undefined || before === 'running') this.add(sessionId, toolUseId, endedAt ?? at);
    else this.#refine.run(this.#body(sessionId, toolUseId), this.#sink, idOf(sessionId, toolUseId));
  }

  /** Adds a call that has just ended. `at`: milliseconds since 1970. */
  add(sessionId: string, toolUseId: string, at: number): void {
    if (isOfTest(sessionId)) return;
    const eventId = idOf(sessionId, toolUseId);
    this.#outbox.add(
      {
        eventId,
        eventType: TOOL_CALL_EVENT,
        sessionId,
        patternId: '',
        lineageId: eventId, // of its own, so that no call waits for another
        body: this.#body(sessionId, toolUseId),
      },
      at,
    );
  }

  #body(sessionId: string, toolUseId: string): string {
    return JSON.stringify(this.#call.get(sessionId, toolUseId));
  }
}

// --- internal ---

function idOf(sessionId: string, toolUseId: string): string {
  return hexDigest(`${sessionId}\n${toolUseId}\n${TOOL_CALL_EVENT}`, 32);
}

/** What `capture-test` makes is no call of Claude's. */
function isOfTest(sessionId: string): boolean {
  return sessionId.startsWith(TEST_SESSION_PREFIX);
}
