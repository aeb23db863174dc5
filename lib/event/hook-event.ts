import { TrackerError } from '../base/errors.ts';
import { asArray, asNumber, asObject, asString, isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { checkJsonBounds, JsonBoundsError } from '../base/json/bounded-json.ts';
import { wellFormedJson } from '../base/well-formed-json.ts';

/** One tool call as PostToolBatch lists it. A call that never ran leaves no other trace. */
export interface BatchedCall {
  readonly toolUseId: string;
  readonly toolName: string;
  readonly toolInput: Json | undefined;
  /** What the model was told, as text or content blocks. */
  readonly toolResponse: Json | undefined;
}

/** A hook event of Claude Code, as far as this project models it. The rest stays in `payload`. */
export interface HookEvent {
  /** `hook_event_name` as sent, such as `PreToolUse`; unknown names are kept. */
  readonly name: string;
  readonly sessionId: string;
  readonly toolUseId: string | undefined;
  readonly toolName: string | undefined;
  readonly toolInput: JsonObject | undefined;
  readonly toolResponse: Json | undefined;
  /** Set inside a subagent; `sessionId` is then that of the main session. */
  readonly agentId: string | undefined;
  readonly agentType: string | undefined;
  /** Claude's id of the prompt that the event belongs to; undefined before the first one, and in older versions. */
  readonly promptId: string | undefined;
  readonly cwd: string | undefined;
  readonly transcriptPath: string | undefined;
  readonly permissionMode: string | undefined;
  /** The tool's own time in milliseconds, if this version of Claude Code sends it. */
  readonly durationMs: number | undefined;
  readonly error: string | undefined;
  readonly isInterrupt: boolean;
  /** Why a session started (SessionStart): startup, resume, clear, compact. Who wrote a prompt (UserPromptSubmit). */
  readonly source: string | undefined;
  /** Why a session ended (SessionEnd), or a call was denied (PermissionDenied). */
  readonly reason: string | undefined;
  readonly prompt: string | undefined;
  /** The session's model from now on (SessionStart, PostModelSwitch). */
  readonly model: string | undefined;
  /** What the user is told of (Notification), such as permission_prompt. */
  readonly notificationType: string | undefined;
  /** The calls of a PostToolBatch; empty for other events. */
  readonly toolCalls: readonly BatchedCall[];
  /** The whole event as sent. */
  readonly payload: JsonObject;
}

/** The key of a payload that has the number of calls which its batch has lost, because they were too many. */
export const LEFT_OUT_OF_BATCH = 'tool_calls_left_out';

/** Why some bytes are not a hook event. Short, because it becomes part of a file's name. */
export type NotAHookEventReason =
  | 'empty'
  | 'not-json'
  | 'not-an-object'
  | 'no-event-name'
  | 'no-session-id'
  | 'too-large'
  | 'too-complex';

/** Thrown when some bytes are not a hook event; `reason` says why. Code `E_NOT_A_HOOK_EVENT`. */
export class NotAHookEventError extends TrackerError {
  override readonly name = 'NotAHookEventError';
  readonly reason: NotAHookEventReason;

  constructor(reason: NotAHookEventReason, cause?: unknown) {
    super('E_NOT_A_HOOK_EVENT', `not a hook event: ${reason}`, { cause });
    this.reason = reason;
  }
}

/**
 * Parses one hook payload. Unknown fields and unknown event names are kept; a known field of the wrong
 * type counts as absent. Of a batch, the first 1,000 calls are kept, and `tool_calls_left_out` has the number of
 * the others.
 *
 * @param source what the text was made from by `JSON.stringify`, so that it need not be parsed
 * @throws NotAHookEventError when the text is not a JSON object, names no session or no event, or has more
 *   members, or digits in a number, than any event of Claude Code
 */
export function parseHookEvent(text: string, source?: JsonObject): HookEvent {
  let value: unknown;
  try {
    checkJsonBounds(text, BOUNDS);
    const wellFormed = wellFormedJson(text);
    value = source !== undefined && wellFormed === text ? source : JSON.parse(wellFormed);
  } catch (error) {
    if (error instanceof JsonBoundsError) throw new NotAHookEventError('too-complex', error);
    throw new NotAHookEventError(text.trim() === '' ? 'empty' : 'not-json', error);
  }
  if (!isJsonObject(value)) throw new NotAHookEventError('not-an-object');
  return hookEventOf(withBoundedBatch(value));
}

/**
 * The hook event in a parsed payload, by the same rules as {@link parseHookEvent}.
 *
 * @throws NotAHookEventError when the payload names no session or no event
 */
export function hookEventOf(payload: JsonObject): HookEvent {
  const name = asString(payload['hook_event_name']);
  const sessionId = asString(payload['session_id']);
  if (!name) throw new NotAHookEventError('no-event-name');
  if (!sessionId) throw new NotAHookEventError('no-session-id');
  return {
    name,
    sessionId,
    toolUseId: asString(payload['tool_use_id']) || undefined,
    toolName: asString(payload['tool_name']),
    toolInput: asObject(payload['tool_input']),
    toolResponse: payload['tool_response'],
    agentId: asString(payload['agent_id']) || undefined,
    agentType: asString(payload['agent_type']),
    promptId: asString(payload['prompt_id']) || undefined,
    cwd: asString(payload['cwd']),
    transcriptPath: asString(payload['transcript_path']),
    permissionMode: asString(payload['permission_mode']),
    durationMs: asNumber(payload['duration_ms']),
    error: asString(payload['error']),
    isInterrupt: payload['is_interrupt'] === true,
    source: asString(payload['source']),
    reason: asString(payload['reason']),
    prompt: asString(payload['prompt']),
    model: asString(payload[name === 'PostModelSwitch' ? 'to_model' : 'model']) || undefined,
    notificationType: asString(payload['notification_type']),
    toolCalls: asArray(payload['tool_calls']).flatMap(batchedCallOf),
    payload,
  };
}

// --- internal ---

/** Far beyond the largest event seen, which had some thousand members; at the bound, an event takes a second or two. */
const BOUNDS = { maxValues: 250_000, maxDigits: 1_000, maxDepth: Infinity };
/** Claude Code makes some ten calls at a time. */
const MAX_CALLS = 1_000;

function withBoundedBatch(payload: JsonObject): JsonObject {
  const calls = asArray(payload['tool_calls']);
  if (calls.length <= MAX_CALLS) return payload;
  const left = calls.length - MAX_CALLS;
  return { ...payload, tool_calls: calls.slice(0, MAX_CALLS), [LEFT_OUT_OF_BATCH]: left };
}

function batchedCallOf(value: Json): BatchedCall[] {
  if (!isJsonObject(value)) return [];
  const toolUseId = asString(value['tool_use_id']);
  if (!toolUseId) return [];
  return [
    {
      toolUseId,
      toolName: asString(value['tool_name']) ?? '',
      toolInput: value['tool_input'],
      toolResponse: value['tool_response'],
    },
  ];
}
