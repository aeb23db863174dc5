import { hexDigest } from '../base/digest.ts';
import { asObject, asString } from '../base/json.ts';
import type { BatchedCall, HookEvent } from './hook-event.ts';
import { lineChange } from './line-change.ts';
import type { LineChange } from './line-change.ts';
import { callSummary, errorSummary, isDenial, responseText } from './tool-call.ts';

/** What the tables keep of a hook event beside its payload. Plain values, so that it can cross threads. */
export interface EventRecord {
  readonly name: string;
  readonly sessionId: string;
  readonly toolUseId: string | undefined;
  readonly agentId: string | undefined;
  readonly agentType: string | undefined;
  readonly promptId: string | undefined;
  readonly cwd: string | undefined;
  readonly transcriptPath: string | undefined;
  /** The git branch, where the event tells it: no hook does, a transcript does. */
  readonly gitBranch: string | undefined;
  readonly source: string | undefined;
  readonly reason: string | undefined;
  /** The session's model from now on; undefined where the event does not tell. */
  readonly model: string | undefined;
  /** True if the session waits for the user now: for leave, an answer or the next prompt. */
  readonly isWaiting: boolean;
  /** True for a prompt that the user typed; Claude Code sends some itself, as when a background task ends. */
  readonly isTypedPrompt: boolean;
  /** Set for PreToolUse, PostToolUse, PostToolUseFailure and PermissionDenied. */
  readonly call: CallRecord | undefined;
  /** The calls of a PostToolBatch; empty for other events. */
  readonly batched: readonly BatchedCallRecord[];
}

/** What an event says about its own tool call. */
export interface CallRecord {
  readonly toolName: string;
  readonly summary: string;
  /** Digest of tool name and input, if Claude Code sent no tool_use_id; else null. */
  readonly inputDigest: string | null;
  readonly isInterrupted: boolean;
  readonly error: string | null;
  /** The tool's own time in milliseconds. */
  readonly durationMs: number | null;
  /** The lines it added and removed; undefined if it wrote no file, or has not ended. */
  readonly lines: LineChange | undefined;
}

/** What a PostToolBatch says about one of its calls. */
export interface BatchedCallRecord {
  readonly toolUseId: string;
  readonly toolName: string;
  readonly summary: string;
  /** What the model was told in reply; it becomes the error of a call that never ran. Null for nothing. */
  readonly error: string | null;
  /** True if that was a refusal, and not a fault in the call. */
  readonly isDenied: boolean;
}

/** The sources of prompts that no person typed. */
export const UNTYPED_PROMPT_SOURCES: readonly string[] = [
  'system',
  'loop_wakeup',
  'schedule_wakeup',
  'poll_event',
];

/** How a prompt begins that Claude Code writes when a background task ends; older versions send no source. */
export const TASK_NOTIFICATION = '<task-notification>';

/**
 * Picks from an event what the tables keep. Where texts are left out of what is stored, `whole` is the event with
 * them: what they only count or tell apart is taken from it.
 */
export function eventRecord(event: HookEvent, whole: HookEvent = event): EventRecord {
  return {
    name: event.name,
    sessionId: event.sessionId,
    toolUseId: event.toolUseId,
    agentId: event.agentId,
    agentType: event.agentType,
    promptId: event.promptId,
    cwd: pathOf(event.cwd),
    transcriptPath: pathOf(event.transcriptPath),
    gitBranch: pathOf(asString(whole.payload['git_branch'])),
    source: event.source,
    reason: event.reason,
    model: SETS_MODEL.has(event.name) ? event.model : undefined,
    isWaiting: isWaiting(event),
    isTypedPrompt: isTypedPrompt(whole),
    call: OF_ONE_CALL.has(event.name) ? callRecord(event, whole) : undefined,
    batched: event.name === 'PostToolBatch' ? batchedCalls(event, whole) : [],
  };
}

/** True for a prompt that a person typed. */
export function isTypedPrompt({ name, source, prompt }: HookEvent): boolean {
  if (name !== 'UserPromptSubmit') return false;
  if (source) return !UNTYPED_PROMPT_SOURCES.includes(source);
  return !prompt?.trimStart().startsWith(TASK_NOTIFICATION);
}

// --- internal ---

/** A longer path than this, in bytes, names nothing on any system; what is no path is left to the payload. */
const MAX_PATH = 32_767;

function pathOf(text: string | undefined): string | undefined {
  return text === undefined || text.length > MAX_PATH || text.includes('\0') ? undefined : text;
}

const OF_ONE_CALL: ReadonlySet<string> = new Set([
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionDenied',
]);

const SETS_MODEL: ReadonlySet<string> = new Set(['SessionStart', 'PostModelSwitch']);

/** The notifications that ask for something; others only tell. */
const ASKING: ReadonlySet<string> = new Set([
  'permission_prompt',
  'idle_prompt',
  'elicitation_dialog',
]);

function isWaiting({ name, notificationType }: HookEvent): boolean {
  return (
    name === 'PermissionRequest' || (name === 'Notification' && ASKING.has(notificationType ?? ''))
  );
}

function callRecord(event: HookEvent, whole: HookEvent): CallRecord {
  return {
    toolName: event.toolName ?? '',
    summary: callSummary(event.toolInput),
    inputDigest: event.toolUseId ? null : inputDigest(whole),
    isInterrupted: event.isInterrupt || asObject(whole.toolResponse)?.['interrupted'] === true,
    error: errorSummary(event.name === 'PermissionDenied' ? event.reason : event.error),
    durationMs: event.durationMs ?? null,
    lines: lineChange(whole),
  };
}

function batchedCalls(event: HookEvent, whole: HookEvent): BatchedCallRecord[] {
  const told = new Map(whole.toolCalls.map((call) => [call.toolUseId, call.toolResponse]));
  return event.toolCalls.map((call) =>
    batchedCallRecord(call, responseText(told.get(call.toolUseId))),
  );
}

/** `told` is the whole text of its response, even if that is not stored. */
function batchedCallRecord(call: BatchedCall, told: string | undefined): BatchedCallRecord {
  return {
    toolUseId: call.toolUseId,
    toolName: call.toolName,
    summary: callSummary(call.toolInput),
    error: errorSummary(responseText(call.toolResponse)),
    isDenied: told !== undefined && isDenial(told),
  };
}

/** Some versions of Claude Code send no tool_use_id; a call is then recognised by what it asks for. */
function inputDigest({ toolName, toolInput }: HookEvent): string {
  return hexDigest(`${toolName}\n${JSON.stringify(toolInput)}`, 16);
}
