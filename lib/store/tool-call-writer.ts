import { hexDigest } from '../base/digest.ts';
import { asObject } from '../base/json.ts';
import { isTypedPrompt } from '../contract/hook-event.ts';
import type { BatchedCall, HookEvent } from '../contract/hook-event.ts';
import { callSummary, errorSummary, responseText } from '../contract/tool-call.ts';
import type { ToolOutcome } from '../contract/tool-call.ts';
import type { Database } from './database.ts';
import type { ToolCallOutbox } from './delivery/tool-call-outbox.ts';

/** How well an outcome is known: a better word replaces a lesser one, whichever came first. */
const CERTAINTY = { begun: 0, inferred: 1, said: 2 } as const;

interface CallRow {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentId: string | null;
  readonly summary: string;
  readonly inputDigest: string | null;
  readonly outcome: ToolOutcome;
  readonly certainty: number;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
}

/** Pairs what comes before a tool call with what comes after it, in either order. */
export class ToolCallWriter {
  readonly #upsert;
  readonly #open;
  readonly #siblings;
  readonly #closeAgent;
  readonly #closeSession;
  readonly #outbox: ToolCallOutbox | undefined;

  /** With an `outbox`, each call that has ended is put there too. */
  constructor(database: Database, outbox?: ToolCallOutbox) {
    this.#outbox = outbox;
    this.#upsert = database.prepare<CallColumns>(UPSERT);
    this.#open = database
      .prepare<[string, string, number], string>(
        `SELECT tool_use_id FROM tool_calls
         WHERE session_id = ? AND input_digest = ? AND certainty < ${CERTAINTY.said}
           AND started_at <= ?
         ORDER BY started_at DESC, tool_use_id DESC LIMIT 1`,
      )
      .pluck();
    this.#siblings = database
      .prepare<[string, string], number>(
        'SELECT count(*) FROM tool_calls WHERE session_id = ? AND input_digest = ?',
      )
      .pluck();
    this.#closeAgent = database
      .prepare<ClosedCalls & { readonly agentId: string | null }, string>(
        `${CLOSE} AND agent_id IS @agentId RETURNING tool_use_id`,
      )
      .pluck();
    this.#closeSession = database
      .prepare<ClosedCalls, string>(`${CLOSE} RETURNING tool_use_id`)
      .pluck();
  }

  /** Takes what one event tells of tool calls; the id of its own call, if it has one. */
  write(event: HookEvent, at: number): string | undefined {
    const { sessionId } = event;
    switch (event.name) {
      case 'PreToolUse':
        return this.#begin(event, at);
      case 'PostToolUse':
      case 'PostToolUseFailure':
        return this.#end(event, at);
      case 'PostToolBatch':
        for (const call of event.toolCalls) this.#batched(event, call, at);
        return undefined;
      case 'Stop':
        // Claude's turn is over, and this call had no answer: it was refused.
        this.#closeAgentCalls({ sessionId, at, outcome: 'denied', agentId: null });
        return undefined;
      case 'SubagentStop':
        if (event.agentId) {
          this.#closeAgentCalls({ sessionId, at, outcome: 'denied', agentId: event.agentId });
        }
        return undefined;
      case 'UserPromptSubmit':
        // The user speaks again while a call runs: it was interrupted. Not so when Claude Code
        // itself reports a background task.
        if (isTypedPrompt(event)) {
          this.#closeAgentCalls({ sessionId, at, outcome: 'interrupted', agentId: null });
        }
        return undefined;
      case 'SessionEnd':
        this.#tell(
          sessionId,
          at,
          this.#closeSession.all({ sessionId, at, outcome: 'interrupted' }),
        );
        return undefined;
      default:
        return undefined;
    }
  }

  #begin(event: HookEvent, at: number): string {
    const inputDigest = anonymousDigest(event);
    const toolUseId = event.toolUseId ?? this.#anonymousId(event, inputDigest ?? '');
    this.#put({
      ...ownCall(event, toolUseId, inputDigest),
      outcome: 'running',
      certainty: CERTAINTY.begun,
      error: null,
      startedAt: at,
      endedAt: null,
      durationMs: null,
    });
    return toolUseId;
  }

  #end(event: HookEvent, at: number): string {
    const inputDigest = anonymousDigest(event);
    const toolUseId =
      event.toolUseId ??
      this.#open.get(event.sessionId, inputDigest ?? '', at) ??
      this.#anonymousId(event, inputDigest ?? '');
    const failed = event.name === 'PostToolUseFailure';
    const interrupted = event.isInterrupt || wasInterrupted(event);
    this.#put({
      ...ownCall(event, toolUseId, inputDigest),
      outcome: interrupted ? 'interrupted' : failed ? 'failed' : 'ok',
      certainty: CERTAINTY.said,
      error: failed ? errorSummary(event.error) : null,
      startedAt: null,
      endedAt: at,
      durationMs: event.durationMs ?? null,
    });
    return toolUseId;
  }

  /** A call in a batch that had neither PostToolUse nor PostToolUseFailure never ran. */
  #batched(event: HookEvent, call: BatchedCall, at: number): void {
    this.#put({
      sessionId: event.sessionId,
      toolUseId: call.toolUseId,
      toolName: call.toolName,
      agentId: event.agentId ?? null,
      summary: callSummary(call.toolInput),
      inputDigest: null,
      outcome: 'rejected', // denied, if it is known to have begun
      certainty: CERTAINTY.inferred,
      error: errorSummary(responseText(call.toolResponse)),
      startedAt: null,
      endedAt: at,
      durationMs: null,
    });
  }

  #closeAgentCalls(closed: ClosedCalls & { readonly agentId: string | null }): void {
    this.#tell(closed.sessionId, closed.at, this.#closeAgent.all(closed));
  }

  /** Calls that have ended with what they belong to. */
  #tell(sessionId: string, at: number, toolUseIds: readonly string[]): void {
    for (const toolUseId of toolUseIds) this.#outbox?.add(sessionId, toolUseId, at);
  }

  #put(call: CallRow): void {
    if (!this.#outbox) return this.#write(call);
    const at = call.endedAt ?? call.startedAt ?? 0;
    this.#outbox.during(call.sessionId, call.toolUseId, at, () => this.#write(call));
  }

  #write(call: CallRow): void {
    // By position: SQLite's names cost a look-up each, and this is the statement that runs most.
    this.#upsert.run(
      call.sessionId,
      call.toolUseId,
      call.toolName,
      call.agentId,
      call.summary,
      call.inputDigest,
      call.outcome,
      call.certainty,
      call.error,
      call.startedAt,
      call.endedAt,
      call.durationMs,
      call.startedAt ?? call.endedAt,
    );
  }

  #anonymousId(event: HookEvent, inputDigest: string): string {
    return `~${inputDigest}.${this.#siblings.get(event.sessionId, inputDigest) ?? 0}`;
  }
}

// --- internal ---

type Text = string | null;
type Num = number | null;
/** In the order of the columns in UPSERT. */
type CallColumns = [
  ...[string, string, string, Text, string, Text],
  ...[ToolOutcome, number, Text, Num, Num, Num, Num],
];

interface ClosedCalls {
  readonly sessionId: string;
  readonly at: number;
  readonly outcome: ToolOutcome;
}

/**
 * Calls that still run when nothing can come of them any more. Versions that send no tool_use_id
 * (the `~` ids) send nothing for a call that failed, either.
 */
const CLOSE = `
UPDATE tool_calls SET certainty = ${CERTAINTY.inferred}, ended_at = @at,
  outcome = CASE WHEN @outcome = 'denied' AND tool_use_id LIKE '~%' THEN 'failed' ELSE @outcome END
WHERE session_id = @sessionId AND outcome = 'running' AND started_at <= @at`;

const UPSERT = `
INSERT INTO tool_calls AS call (session_id, tool_use_id, tool_name, agent_id, summary,
  input_digest, outcome, certainty, error, started_at, ended_at, duration_ms, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id, tool_use_id) DO UPDATE SET
  -- a batch may name the tool by its older name
  tool_name = CASE WHEN excluded.certainty = 1 THEN tool_name ELSE excluded.tool_name END,
  agent_id = coalesce(agent_id, excluded.agent_id),
  outcome = CASE
    WHEN excluded.certainty < certainty AND NOT (outcome = 'rejected' AND excluded.certainty = 0)
      THEN outcome
    WHEN outcome = 'rejected' AND excluded.certainty = 0 THEN 'denied'
    WHEN excluded.outcome = 'rejected' AND call.started_at IS NOT NULL
      THEN CASE WHEN certainty = 1 AND outcome != 'rejected' THEN outcome ELSE 'denied' END
    ELSE excluded.outcome END,
  error = CASE WHEN excluded.certainty >= certainty THEN excluded.error ELSE error END,
  certainty = max(certainty, excluded.certainty),
  started_at = coalesce(started_at, excluded.started_at),
  ended_at = CASE
    WHEN excluded.ended_at IS NULL OR excluded.certainty < certainty THEN ended_at
    ELSE excluded.ended_at END,
  duration_ms = coalesce(
    excluded.duration_ms,
    duration_ms,
    CASE WHEN max(certainty, excluded.certainty) = ${CERTAINTY.said}
      THEN max(0, coalesce(excluded.ended_at, ended_at) - coalesce(started_at, excluded.started_at))
    END),
  at = coalesce(started_at, excluded.started_at, at)`;

function ownCall(event: HookEvent, toolUseId: string, inputDigest: string | null) {
  return {
    sessionId: event.sessionId,
    toolUseId,
    toolName: event.toolName ?? '',
    agentId: event.agentId ?? null,
    summary: callSummary(event.toolInput),
    inputDigest,
  };
}

/** Versions without tool_use_id: a call is known by what it asks for. */
function anonymousDigest(event: HookEvent): string | null {
  if (event.toolUseId) return null;
  return hexDigest(`${event.toolName}\n${JSON.stringify(event.toolInput)}`, 16);
}

function wasInterrupted({ toolResponse }: HookEvent): boolean {
  return asObject(toolResponse)?.['interrupted'] === true;
}
