import { TrackerError } from '../base/errors.ts';
import { asArray, asNumber, asObject, asString, isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { wellFormedJson } from '../base/well-formed-json.ts';

/** One tool call as PostToolBatch lists it: the only trace of a call that never ran. */
export interface BatchedCall {
  readonly toolUseId: string;
  readonly toolName: string;
  readonly toolInput: Json | undefined;
  /** What the model was told: text or content blocks. */
  readonly toolResponse: Json | undefined;
}

/** A hook event of Claude Code, as far as this project models it. What it does not model stays in `payload`. */
export interface HookEvent {
  /** `hook_event_name` as sent: `PreToolUse`, …; a name we do not know is kept. */
  readonly name: string;
  readonly sessionId: string;
  readonly toolUseId: string | undefined;
  readonly toolName: string | undefined;
  readonly toolInput: JsonObject | undefined;
  readonly toolResponse: Json | undefined;
  /** Set inside a subagent; the session id is then the parent's. */
  readonly agentId: string | undefined;
  readonly agentType: string | undefined;
  readonly cwd: string | undefined;
  readonly transcriptPath: string | undefined;
  readonly permissionMode: string | undefined;
  /** The tool's own time in milliseconds, where the version sends it. */
  readonly durationMs: number | undefined;
  readonly error: string | undefined;
  readonly isInterrupt: boolean;
  /** SessionStart: startup, resume, clear, compact. */
  readonly source: string | undefined;
  /** SessionEnd. */
  readonly reason: string | undefined;
  readonly prompt: string | undefined;
  /** PostToolBatch. */
  readonly toolCalls: readonly BatchedCall[];
  /** Everything as sent. */
  readonly payload: JsonObject;
}

/** Why some bytes are no hook event; short, for a file's name and a count. */
export type NotAHookEventReason =
  | 'empty'
  | 'not-json'
  | 'not-an-object'
  | 'no-event-name'
  | 'no-session-id'
  | 'too-large';

/** Some bytes are no hook event. Code `E_NOT_A_HOOK_EVENT`. */
export class NotAHookEventError extends TrackerError {
  override readonly name = 'NotAHookEventError';
  readonly reason: NotAHookEventReason;

  constructor(reason: NotAHookEventReason, cause?: unknown) {
    super('E_NOT_A_HOOK_EVENT', `not a hook event: ${reason}`, { cause });
    this.reason = reason;
  }
}

/**
 * Reads one hook payload. Unknown fields and unknown event names are kept; a known field of a wrong
 * type counts as absent.
 *
 * @throws NotAHookEventError when the text is no JSON object, or names no session or no event.
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

/** @throws NotAHookEventError when the payload names no session or no event. */
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
