import { TrackerError } from '../base/errors.ts';
import { asArray, asNumber, asObject, asString, isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
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

/** Why some bytes are not a hook event. Short, because it becomes part of a file's name. */
export type NotAHookEventReason =
  | 'empty'
  | 'not-json'
  | 'not-an-object'
  | 'no-event-name'
  | 'no-session-id'
  | 'too-large';

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
 * type counts as absent.
 *
 * @throws NotAHookEventError when the text is not a JSON object, or names no session or no event
 */
export function parseHookEvent(text: string): HookEvent {
  let value: unknown;
  try {
    value = JSON.parse(wellFormedJson(text));
  } catch (error) {
    throw new NotAHookEventError(text.trim() === '' ? 'empty' : 'not-json', error);
  }
  if (!isJsonObject(value)) throw new NotAHookEventError('not-an-object');
  return hookEventOf(value);
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
