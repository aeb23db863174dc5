import { asObject, asString, isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { TASK_NOTIFICATION } from '../event/event-record.ts';
import type { HookEvent } from '../event/hook-event.ts';

/** Keys under which Claude Code sends whole files. The rest of the payload says what changed in them. */
const FILE_COPIES = new Set([
  'originalFile',
  'originalFileContents',
  'original_file',
  'updated_file',
]);

/** Text for people and conversation, by event: what such an event is kept for is not in it. */
const TEXT_FOR_PEOPLE: Readonly<Record<string, readonly string[]>> = {
  Notification: ['message', 'title'],
  PostCompact: ['compact_summary'],
  MessageDisplay: ['delta'],
  Elicitation: ['message', 'requested_schema'],
  ElicitationResult: ['message', 'content'],
};

/**
 * The payload as it is stored: without copies of whole files and text for people, and with strings cut that are longer than
 * `maxStringBytes`. Patterns keep the written code in full. Returns the same object when nothing was
 * left out.
 */
export function shortenPayload(event: HookEvent, maxStringBytes: number): JsonObject {
  const payload = withoutAnswer(withoutTexts(event));
  const response = asObject(event.toolResponse);
  const repeated = asString(event.toolInput?.['content']);
  return shortenObject(payload, (key, text, parent) => {
    if (FILE_COPIES.has(key) && parent === response) return omitted(text);
    if (key === 'content' && parent === response && text === repeated) return omitted(text);
    return cut(text, maxStringBytes);
  });
}

// --- internal ---

function withoutTexts({ name, payload }: HookEvent): JsonObject {
  const keys = Object.hasOwn(TEXT_FOR_PEOPLE, name) ? TEXT_FOR_PEOPLE[name] : undefined;
  const present = keys?.filter((key) => Object.hasOwn(payload, key)) ?? [];
  if (present.length === 0) return payload;
  return { ...payload, ...Object.fromEntries(present.map((key) => [key, '[left out]'])) };
}

/** The report of a background task is given to Claude as a prompt; in it stands what a subagent has answered. */
function withoutAnswer(payload: JsonObject): JsonObject {
  const prompt = asString(payload['prompt']);
  if (!prompt?.trimStart().startsWith(TASK_NOTIFICATION)) return payload;
  return { ...payload, prompt: prompt.replace(ANSWER, '<result>[left out]</result>') };
}

/** To the last end of the tag, since an answer may hold the tag itself; to the end of the text if there is none. */
const ANSWER = /<result>(?:[^]*<\/result>|[^]*$)/;

type ShortenText = (key: string, text: string, parent: JsonObject | readonly Json[]) => string;

/** Deeper values are left out, so that no payload overflows the stack. */
const MAX_DEPTH = 200;

function shortenObject(object: JsonObject, shorten: ShortenText, depth = 0): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key] as Json;
    const shorter = shortenValue(key, value, object, shorten, depth);
    if (shorter === value) continue;
    copy ??= { ...object };
    // A key such as __proto__ is data here.
    Object.defineProperty(copy, key, { value: shorter, enumerable: true, writable: true });
  }
  return copy ?? object;
}

function shortenValue(
  key: string,
  value: Json,
  parent: JsonObject | readonly Json[],
  shorten: ShortenText,
  depth: number,
): Json {
  if (typeof value === 'string') return shorten(key, value, parent);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[left out: nested too deeply]';
  if (isJsonObject(value)) return shortenObject(value, shorten, depth + 1);
  const items = value as readonly Json[];
  const shorter = items.map((item) => shortenValue(key, item, items, shorten, depth + 1));
  return shorter.some((item, index) => item !== items[index]) ? shorter : items;
}

function omitted(text: string): string {
  return `[left out: ${text.length} characters]`;
}

function cut(text: string, maxBytes: number): string {
  if (text.length <= maxBytes / 3) return text; // a UTF-16 unit is at most three bytes of UTF-8
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  const head = Buffer.from(text.slice(0, maxBytes)).subarray(0, maxBytes).toString('utf8');
  return `${head.replace(/\uFFFD$/, '')}[cut: ${bytes} bytes in all]`;
}
