import type { Json } from '../../../base/json.ts';

/** How a text may stand in a file or a column: as it is, and as it is written within JSON, once and twice. */
export function formsOf(text: string): string[] {
  const once = inJson(text);
  return [...new Set([text, once, inJson(once), inAscii(once), inAscii(inJson(once))])];
}

/** Tells whether a text, or a JSON document in it, holds one of `forms`, as {@link formsOf} made them. */
export function holderOf(forms: readonly string[]): (text: string) => boolean {
  const holds = (text: string) => forms.some((form) => text.includes(form));
  return (text) => {
    if (holds(text)) return true;
    // JSON has many ways to write a character; its parser knows all of them.
    if (!text.includes('\\') || !/^\s*[[{"]/.test(text)) return false;
    const value = parsed(text);
    return value !== undefined && someText(value, holds);
  };
}

/** True if some string or key of a JSON value passes `test`. */
export function someText(value: Json, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value)
    ? value.some((item: Json) => someText(item, test))
    : Object.entries(value).some(([key, item]) => test(key) || someText(item as Json, test));
}

// --- internal ---

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function inAscii(text: string): string {
  return text.replaceAll(
    /[^\0-\x7F]/g, // each UTF-16 unit by itself, as JSON writes them
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
