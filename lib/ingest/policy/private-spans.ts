import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';

/** What stands in place of a span that the user marked as private. */
export const PRIVATE = '[private]';

/** True when the JSON text of a payload may hold a tag, which escapes could spell, too. */
export function mayHavePrivate(json: string): boolean {
  return /private(?:\s|\\[nrtfv]|\\u[\da-f]{4}){0,8}(?:>|&|%3e|\\+x3e)|\\u00[2-7]/i.test(json);
}

/**
 * The payload without `<private>…</private>`, in every string and key, also where a tool printed the tags as
 * JSON or HTML does: `\u003cprivate\u003e`, `&lt;private&gt;`. A span that is not closed reaches to
 * the end of its string. The strings of a list are lines of one text, so a span may begin in one and end in
 * another. Returns the same object when there is none.
 */
export function dropPrivate(payload: JsonObject): JsonObject {
  return dropInObject(payload, 0);
}

// --- internal ---

/** Deeper values are left out, so that no payload overflows the stack. */
const MAX_DEPTH = 200;

/** A sign as it is, and as JSON, HTML and addresses spell it, also where one text was put into another. */
function spelled(sign: string, entity: string): string {
  const hex = sign.charCodeAt(0).toString(16);
  const named = `&(?:amp;){0,4}(?:${entity}|#0{0,4}${sign.charCodeAt(0)}|#x0{0,4}${hex});`;
  return `(?:\\\\{0,16}${sign}|\\\\{1,16}(?:u00|x)${hex}|${named}|%(?:25){0,4}${hex})`;
}

const TAG = new RegExp(
  `${spelled('<', 'lt')}\\s{0,8}(${spelled('/', 'sol')}?)\\s{0,8}private\\s{0,8}${spelled('>', 'gt')}`,
  'gi',
);

interface Span {
  readonly start: number;
  readonly end: number;
}

function dropInObject(object: JsonObject, depth: number): JsonObject {
  const members = Object.entries(object).map(([key, value]) => {
    return [dropInText(key), dropInValue(value, depth)] as const;
  });
  const entries = Object.entries(object);
  const isSame = members.every(([key, value], index) => {
    const [oldKey, oldValue] = entries[index] ?? [];
    return key === oldKey && value === oldValue;
  });
  if (isSame) return object;
  const copy: Record<string, Json> = {};
  for (const [key, value] of members) {
    let name = key;
    while (Object.hasOwn(copy, name)) name += '_'; // two keys must not become one
    // Assigning to `__proto__` would not create a member.
    Object.defineProperty(copy, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

function dropInValue(value: Json, depth: number): Json {
  if (typeof value === 'string') return dropInText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[left out: nested too deeply]';
  if (isJsonObject(value)) return dropInObject(value, depth + 1);
  const items = value as readonly Json[];
  const clean = items.every((item) => typeof item === 'string')
    ? dropInLines(items)
    : items.map((item) => dropInValue(item, depth + 1));
  return clean.some((item, index) => item !== items[index]) ? clean : items;
}

function dropInText(text: string): string {
  let result = '';
  let from = 0;
  for (const { start, end } of spansOf(text, false)) {
    result += text.slice(from, start) + PRIVATE;
    from = end;
  }
  return from === 0 ? text : result + text.slice(from);
}

/** Each line keeps the sign that a line of a diff begins with, so that the lines can still be counted. */
function dropInLines(lines: readonly string[]): readonly string[] {
  const isDiff = lines.every((line) => line === '' || /^[-+ \\]/.test(line));
  const spans = spansOf(lines.join('\n'), true);
  if (spans.length === 0) return lines;
  let begin = 0;
  let first = 0;
  return lines.map((line) => {
    const [head, body] = isDiff ? [line.slice(0, 1), line.slice(1)] : ['', line];
    const at = begin + head.length;
    begin += line.length + 1;
    let result = head;
    let from = 0;
    while ((spans[first]?.end ?? Infinity) <= at) first += 1;
    for (let index = first; index < spans.length; index += 1) {
      const { start, end } = spans[index] as Span;
      if (start >= at + body.length) break;
      result += body.slice(from, Math.max(from, start - at)) + PRIVATE;
      from = Math.min(end - at, body.length);
    }
    return result + body.slice(from);
  });
}

/** With `isCut`, the text may lack its beginning: an end without a beginning then ends a span, too. */
function spansOf(text: string, isCut: boolean): Span[] {
  const spans: Span[] = [];
  let open: number | undefined;
  let closed = 0;
  for (const tag of text.matchAll(TAG)) {
    const isEnd = tag[1] !== '';
    if (!isEnd) {
      open ??= tag.index;
      continue;
    }
    if (open === undefined && !isCut) continue;
    const end = tag.index + tag[0].length;
    spans.push({ start: open ?? closed, end });
    open = undefined;
    closed = end;
  }
  if (open !== undefined) spans.push({ start: open, end: text.length });
  return spans;
}
