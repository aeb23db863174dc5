import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { HookEvent } from '../../event/hook-event.ts';
import { leftOut } from './left-out.ts';

/**
 * The payload without prompts: those that the user typed, those that Claude gave to a subagent or planned for
 * later, and what a notification says of them. Their sizes stay. Returns the same object when there is none.
 */
export function dropPrompts({ name, payload }: HookEvent): JsonObject {
  const isMessage = name === 'Notification' || payload['tool_name'] === 'SendMessage';
  return dropInObject(payload, isMessage ? MESSAGE_KEYS : PROMPT_KEYS, 0);
}

/**
 * A prompt that Claude Code sent by itself, when a background task had ended, keeps its tag: by that it is
 * told from those that the user typed.
 */
export function leftOutPrompt(prompt: string, options: { readonly digests: boolean }): string {
  const left = leftOut(prompt, options);
  const isTagged = prompt.trimStart().startsWith(TASK_TAG) && left !== prompt;
  return isTagged ? TASK_TAG + left : left;
}

// --- internal ---

const TASK_TAG = '<task-notification>';
const PROMPT_KEYS: ReadonlySet<string> = new Set([
  'prompt',
  'custom_instructions',
  'command_args',
  'initial_prompt',
]);
const MESSAGE_KEYS: ReadonlySet<string> = new Set([...PROMPT_KEYS, 'message', 'title', 'summary']);
/** Deeper values are left out, so that no payload overflows the stack. */
const MAX_DEPTH = 200;

function dropInObject(object: JsonObject, keys: ReadonlySet<string>, depth: number): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const [key, value] of Object.entries(object)) {
    const kept =
      keys.has(key) && value !== null && value !== '' && typeof value !== 'boolean'
        ? dropped(value)
        : dropInValue(value, keys, depth);
    if (kept === value) continue;
    copy ??= { ...object };
    // Assigning to `__proto__` would not change a member.
    Object.defineProperty(copy, key, { value: kept, enumerable: true, writable: true });
  }
  return copy ?? object;
}

function dropped(value: Json): string {
  const options = { digests: false };
  return typeof value === 'string' ? leftOutPrompt(value, options) : leftOut(value, options);
}

function dropInValue(value: Json, keys: ReadonlySet<string>, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[left out: nested too deeply]';
  if (isJsonObject(value)) return dropInObject(value, keys, depth + 1);
  const items = value as readonly Json[];
  const clean = items.map((item) => dropInValue(item, keys, depth + 1));
  return clean.some((item, index) => item !== items[index]) ? clean : items;
}
