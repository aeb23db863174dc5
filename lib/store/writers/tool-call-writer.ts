import type { BatchedCallRecord, CallRecord, EventRecord } from '../../event/event-record.ts';
import type { ToolCallEnd, ToolOutcome } from '../../event/tool-call.ts';
import type { Database } from '../database/database.ts';
import { CERTAINTY, mergeToolCall } from './tool-call-row.ts';
import type { ToolCallRow } from './tool-call-row.ts';

/** A call that an event of this batch reported. */
interface TouchedCall {
  /** Its outcome before the batch; undefined for a new call. */
  readonly before: ToolOutcome | undefined;
  row: ToolCallRow;
}

/**
 * Pairs the event before a tool call with the event after it, in whichever order they arrive. A call
 * that several events of a batch report is written once, by `flush`.
 */
export class ToolCallWriter {
  readonly #find;
  readonly #upsert;
  readonly #open;
  readonly #siblings;
  readonly #closeAgent;
  readonly #closeSession;
  readonly #onEnded: ((end: ToolCallEnd) => void) | undefined;
  readonly #touched = new Map<string, TouchedCall>();

  /**
   * `onEnded` is called inside the caller's transaction, after the row was written: once when a call
   * ends, and again whenever an event changes a call that had ended.
   */
  constructor(database: Database, onEnded?: (end: ToolCallEnd) => void) {
    this.#onEnded = onEnded;
    this.#find = database.prepare<[string, string], ToolCallRow>(FIND);
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

  /**
   * Records what one event reports about tool calls, and returns the tool_use_id of its own call, if it
   * has one. `at` is in milliseconds since 1970 UTC.
   *
   * @param isRecovered true if no hook but the session's transcript tells of it
   */
  write(event: EventRecord, at: number, isRecovered = false): string | undefined {
    const { sessionId, call } = event;
    const recovered = isRecovered ? 1 : 0;
    switch (event.name) {
      case 'PreToolUse':
        return call && this.#begin(event, call, { at, recovered });
      case 'PostToolUse':
      case 'PostToolUseFailure':
      case 'PermissionDenied':
        return call && this.#end(event, call, { at, recovered });
      case 'PostToolBatch':
        for (const batched of event.batched) this.#batched(event, batched, { at, recovered });
        return undefined;
      case 'Stop':
        // The turn is over and the call never got a result: it was denied.
        this.#closeAgentCalls({ sessionId, at, outcome: 'denied', agentId: null });
        return undefined;
      case 'StopFailure':
        // An error of the API ended the turn, before the call had a result.
        this.#closeAgentCalls({
          sessionId,
          at,
          outcome: 'interrupted',
          agentId: event.agentId ?? null,
        });
        return undefined;
      case 'SubagentStop':
        if (event.agentId) {
          this.#closeAgentCalls({ sessionId, at, outcome: 'denied', agentId: event.agentId });
        }
        return undefined;
      case 'UserPromptSubmit':
        // The user typed a prompt while a call was running: the call was interrupted. Claude Code sends
        // this event by itself, too, to report a background task; that interrupts nothing.
        if (event.isTypedPrompt) {
          this.#closeAgentCalls({ sessionId, at, outcome: 'interrupted', agentId: null });
        }
        return undefined;
      case 'SessionEnd':
        this.flush();
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

  /** Writes the calls that have changed. Call it before the transaction ends. */
  flush(): void {
    for (const { before, row } of this.#touched.values()) {
      this.#write(row);
      if (row.outcome === 'running') continue;
      this.#onEnded?.({
        sessionId: row.sessionId,
        toolUseId: row.toolUseId,
        at: row.endedAt ?? row.at,
        isUpdate: before !== undefined && before !== 'running',
      });
    }
    this.#touched.clear();
  }

  /** Drops unwritten changes, after their transaction was rolled back. */
  forget(): void {
    this.#touched.clear();
  }

  #begin(event: EventRecord, call: CallRecord, { at, recovered }: ReportTime): string {
    const toolUseId = event.toolUseId ?? this.#anonymousId(event.sessionId, call);
    this.#put({
      ...ownCall(event, toolUseId, call),
      outcome: 'running',
      certainty: CERTAINTY.begun,
      error: null,
      startedAt: at,
      endedAt: null,
      durationMs: null,
      at,
      linesAdded: null,
      linesRemoved: null,
      recovered,
    });
    return toolUseId;
  }

  #end(event: EventRecord, call: CallRecord, { at, recovered }: ReportTime): string {
    const toolUseId =
      event.toolUseId ??
      this.#openCall(event.sessionId, call, at) ??
      this.#anonymousId(event.sessionId, call);
    const outcome = ENDS[event.name] ?? 'ok';
    this.#put({
      ...ownCall(event, toolUseId, call),
      outcome: call.isInterrupted ? 'interrupted' : outcome,
      certainty: CERTAINTY.said,
      error: outcome === 'ok' ? null : call.error,
      startedAt: null,
      endedAt: at,
      durationMs: call.durationMs,
      at,
      linesAdded: call.lines?.added ?? null,
      linesRemoved: call.lines?.removed ?? null,
      recovered,
    });
    return toolUseId;
  }

  /** A call in a batch that had neither PostToolUse nor PostToolUseFailure never ran. */
  #batched(event: EventRecord, call: BatchedCallRecord, { at, recovered }: ReportTime): void {
    this.#put({
      sessionId: event.sessionId,
      toolUseId: call.toolUseId,
      toolName: call.toolName,
      agentId: event.agentId ?? null,
      agentType: event.agentType ?? null,
      promptId: event.promptId ?? null,
      summary: call.summary,
      asked: null,
      inputDigest: null,
      outcome: call.isDenied ? 'denied' : 'rejected', // the merge makes it `denied` if the call is known to have begun
      certainty: CERTAINTY.inferred,
      error: call.error,
      startedAt: null,
      endedAt: at,
      durationMs: null,
      at,
      linesAdded: null,
      linesRemoved: null,
      recovered,
    });
  }

  #closeAgentCalls(closed: ClosedCalls & { readonly agentId: string | null }): void {
    this.flush();
    this.#tell(closed.sessionId, closed.at, this.#closeAgent.all(closed));
  }

  /** Reports calls that have ended with the turn, agent or session they belong to. */
  #tell(sessionId: string, at: number, toolUseIds: readonly string[]): void {
    for (const toolUseId of toolUseIds) {
      this.#onEnded?.({ sessionId, toolUseId, at, isUpdate: false });
    }
  }

  #put(told: ToolCallRow): void {
    const key = `${told.sessionId}\n${told.toolUseId}`;
    const touched = this.#touched.get(key);
    if (touched) {
      touched.row = mergeToolCall(touched.row, told);
      return;
    }
    const known = this.#find.get(told.sessionId, told.toolUseId);
    const row = known ? mergeToolCall(known, told) : told;
    this.#touched.set(key, { before: known?.outcome, row });
  }

  #write(call: ToolCallRow): void {
    // Bound by position: named parameters cost a look-up each, and this statement runs most often.
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
      call.at,
      call.linesAdded,
      call.linesRemoved,
      call.asked,
      call.recovered,
      call.agentType,
      call.promptId,
    );
  }

  #openCall(sessionId: string, { inputDigest }: CallRecord, at: number): string | undefined {
    this.flush();
    return this.#open.get(sessionId, inputDigest ?? '', at);
  }

  #anonymousId(sessionId: string, { inputDigest }: CallRecord): string {
    this.flush();
    return `~${inputDigest}.${this.#siblings.get(sessionId, inputDigest ?? '') ?? 0}`;
  }
}

// --- internal ---

/** How a call ended of which such an event tells; any other: as it should. */
const ENDS: Readonly<Record<string, ToolOutcome>> = {
  PostToolUseFailure: 'failed',
  PermissionDenied: 'denied',
};

type Text = string | null;
type Num = number | null;
/** In the order of the columns in UPSERT. */
type CallColumns = [
  ...[string, string, string, Text, string, Text],
  ...[ToolOutcome, number, Text, Num, Num, Num, Num, Num, Num, Text, number],
  ...[Text, Text],
];

/** When an event came, and whether it is no hook's but a transcript's. */
type ReportTime = Pick<ToolCallRow, 'at' | 'recovered'>;

interface ClosedCalls {
  readonly sessionId: string;
  readonly at: number;
  readonly outcome: ToolOutcome;
}

/**
 * Closes calls that count as running although no event can end them any more. Versions of Claude Code
 * that send no tool_use_id (ids with `~`) send no event for a failed call either, so such a call counts
 * as failed, not as denied. Without its name, SQLite would not take that index, and go through all calls of the session.
 */
const CLOSE = `
UPDATE tool_calls INDEXED BY tool_calls_running SET certainty = ${CERTAINTY.inferred}, ended_at = @at,
  outcome = CASE WHEN @outcome = 'denied' AND tool_use_id LIKE '~%' THEN 'failed' ELSE @outcome END
WHERE session_id = @sessionId AND outcome = 'running' AND started_at <= @at`;

const FIND = `
SELECT session_id AS sessionId, tool_use_id AS toolUseId, tool_name AS toolName,
  agent_id AS agentId, summary, input_digest AS inputDigest, outcome, certainty, error,
  started_at AS startedAt, ended_at AS endedAt, duration_ms AS durationMs, at,
  lines_added AS linesAdded, lines_removed AS linesRemoved, asked, recovered,
  agent_type AS agentType, prompt_id AS promptId
FROM tool_calls WHERE session_id = ? AND tool_use_id = ?`;

const UPSERT = `
INSERT INTO tool_calls (session_id, tool_use_id, tool_name, agent_id, summary,
  input_digest, outcome, certainty, error, started_at, ended_at, duration_ms, at, lines_added,
  lines_removed, asked, recovered, agent_type, prompt_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id, tool_use_id) DO UPDATE SET
  tool_name = excluded.tool_name, agent_id = excluded.agent_id, outcome = excluded.outcome,
  certainty = excluded.certainty, error = excluded.error, started_at = excluded.started_at,
  ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, at = excluded.at,
  lines_added = excluded.lines_added, lines_removed = excluded.lines_removed,
  summary = excluded.summary, asked = excluded.asked, recovered = excluded.recovered,
  agent_type = excluded.agent_type, prompt_id = excluded.prompt_id`;

function ownCall(event: EventRecord, toolUseId: string, call: CallRecord) {
  return {
    sessionId: event.sessionId,
    toolUseId,
    toolName: call.toolName,
    agentId: event.agentId ?? null,
    agentType: event.agentType ?? null,
    promptId: event.promptId ?? null,
    summary: call.summary,
    asked: null,
    inputDigest: call.inputDigest,
  };
}
