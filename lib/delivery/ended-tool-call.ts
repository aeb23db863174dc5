import { asNumber, asString, isJsonObject } from '../base/json.ts';
import { TOOL_OUTCOMES } from '../event/tool-call.ts';
import type { ToolOutcome } from '../event/tool-call.ts';

/** What the outbox calls a tool call. */
export const TOOL_CALL_EVENT = 'tool_call';

/** A tool call that has ended, as it waits in the outbox. Times are milliseconds since 1970 UTC. */
export interface EndedToolCall {
  readonly session_id: string;
  /** Claude's; `~…` where its version sends none. */
  readonly tool_use_id: string;
  readonly tool_name: string;
  readonly outcome: Exclude<ToolOutcome, 'running'>;
  /** Null where nothing told of its begin. */
  readonly started_at: number | null;
  readonly ended_at: number;
  /** The tool's own time in milliseconds, if it is known. */
  readonly duration_ms: number | null;
  /** Set inside a subagent. */
  readonly agent_id: string | null;
  readonly agent_type: string | null;
  /** Its file, command or the like in one line; redacted. */
  readonly summary: string;
  readonly error: string | null;
}

/** Reads a body of the outbox; undefined for one that is no tool call. */
export function parseToolCall(body: string): EndedToolCall | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const session_id = asString(value['session_id']);
  const tool_use_id = asString(value['tool_use_id']);
  const ended_at = asNumber(value['ended_at']);
  const outcome = TOOL_OUTCOMES.find((known) => known === value['outcome']);
  if (!session_id || !tool_use_id || ended_at === undefined) return undefined;
  if (outcome === undefined || outcome === 'running') return undefined;
  return {
    session_id,
    tool_use_id,
    tool_name: asString(value['tool_name']) ?? '',
    outcome,
    started_at: asNumber(value['started_at']) ?? null,
    ended_at,
    duration_ms: asNumber(value['duration_ms']) ?? null,
    agent_id: asString(value['agent_id']) ?? null,
    agent_type: asString(value['agent_type']) ?? null,
    summary: asString(value['summary']) ?? '',
    error: asString(value['error']) ?? null,
  };
}
