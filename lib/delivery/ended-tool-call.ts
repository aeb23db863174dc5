import { asNumber, asString, isJsonObject } from '../base/json.ts';
import { TOOL_OUTCOMES } from '../event/tool-call.ts';
import type { ToolOutcome } from '../event/tool-call.ts';

/** The event type of a tool call's row in the outbox. */
export const TOOL_CALL_EVENT = 'tool_call';

/** A tool call that has ended, as it waits in the outbox. Times are milliseconds since 1970 UTC. */
export interface EndedToolCall {
  readonly session_id: string;
  /** Claude Code's id; one that begins with `~` where Claude Code's version sends none. */
  readonly tool_use_id: string;
  readonly tool_name: string;
  readonly outcome: Exclude<ToolOutcome, 'running'>;
  /** Null when no event reported the start. */
  readonly started_at: number | null;
  readonly ended_at: number;
  /** The tool's own time in milliseconds, if it is known. */
  readonly duration_ms: number | null;
  /** Null outside of a subagent, like `agent_type`. */
  readonly agent_id: string | null;
  readonly agent_type: string | null;
  /** Claude's id of the prompt that the call answers; null where Claude Code's version sends none. */
  readonly prompt_id: string | null;
  /** The call's file, command or the like in one line, redacted. */
  readonly summary: string;
  /** What Claude was told went wrong, redacted; null when nothing did. */
  readonly error: string | null;
}

/** Parses the body of an outbox row; undefined if it does not hold a tool call that has ended. */
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
    prompt_id: asString(value['prompt_id']) ?? null,
    summary: asString(value['summary']) ?? '',
    error: asString(value['error']) ?? null,
  };
}
