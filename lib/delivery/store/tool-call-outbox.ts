import { hexDigest } from '../../base/digest.ts';
import { OTLP_SINK, TOOL_CALL_EVENT } from '../collector/otlp-tool-call.ts';
import type { EndedToolCall } from '../collector/otlp-tool-call.ts';
import type { ToolOutcome } from '../../event/tool-call.ts';
import type { Database } from '../../store/database/database.ts';
import { Outbox } from './outbox.ts';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';

/** What the outbox needs to know about a call. Times are milliseconds since 1970 UTC. */
interface ChangedCall {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly outcome: ToolOutcome;
  readonly endedAt: number | null;
  readonly at: number;
}

/**
 * Adds each tool call to the outbox of the collector once, when it has ended. Anything learned about the
 * call later changes its row while that waits; a call that was sent is not sent again.
 */
export class ToolCallOutbox {
  readonly #outbox: Outbox;
  readonly #call;
  readonly #refine;

  constructor(database: Database) {
    this.#outbox = new Outbox(database, OTLP_SINK);
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

  /** Adds or updates a call that was just written. `before` is its former outcome; undefined if it is new. */
  changed(before: ToolOutcome | undefined, call: ChangedCall): void {
    const { sessionId, toolUseId, outcome, endedAt, at } = call;
    if (isOfTest(sessionId) || outcome === 'running') return;
    if (before === undefined || before === 'running') this.add(sessionId, toolUseId, endedAt ?? at);
    else this.#refine.run(this.#body(sessionId, toolUseId), OTLP_SINK, idOf(sessionId, toolUseId));
  }

  /** Adds a call that has just ended, at `at` (milliseconds since 1970 UTC). */
  add(sessionId: string, toolUseId: string, at: number): void {
    if (isOfTest(sessionId)) return;
    const eventId = idOf(sessionId, toolUseId);
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

// --- internal ---

function idOf(sessionId: string, toolUseId: string): string {
  return hexDigest(`${sessionId}\n${toolUseId}\n${TOOL_CALL_EVENT}`, 32);
}

/** True for sessions of `capture-test`, which are not Claude's. */
function isOfTest(sessionId: string): boolean {
  return sessionId.startsWith(TEST_SESSION_PREFIX);
}
