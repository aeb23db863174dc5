import { isJsonObject } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';

/** A part of the code counts from this size on, in characters: a shorter one, such as `return null;`, tells nothing. */
const LEAST_PART = 32;

/**
 * Makes a test of payloads (JSON): whether one shows `code`, or a part of it that begins or ends with the code or with
 * the shown text, as a text that was cut and the reading of some lines do. Numbers and the signs of a diff before the
 * lines, and how they are indented, make no difference.
 */
export function copyTest(code: string): (payload: string) => boolean {
  const lines = linesOf(code);
  const shows = (text: string) =>
    text.length >= Math.min(LEAST_PART, code.length) &&
    shownParts(text).some((shown) => overlaps(shown, lines));
  return (payload) => someShown(JSON.parse(payload) as Json, shows);
}

// --- internal ---

/** The number of a line as `cat -n`, `grep -n` and `bat` show it, after the name of the file or not. */
const NUMBER = /^[ \t]*(?:[^\s:]+[:-])?\d+(?:[\t→:│|)-]| {1,2}(?=\S)|[ \t]+[│|])/gm;
/** The sign of a line in a diff. */
const SIGN = /^[+\-<> ]/gm;
/** Where `shortenPayload` has cut a text, or Claude Code an output. */
const CUT = /\[cut: \d+ bytes in all\]$|\[[\d,.]+ (?:lines|characters|chars|bytes) truncated\].*/;

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => line.trim() || []);
}

/** The lines of each part of a text, in all its spellings. Of a line that was cut, only the number may be left. */
function shownParts(text: string): string[][] {
  const texts = text.includes('\\n') ? [text, unescaped(text)] : [text];
  return texts.flatMap((whole) => {
    const parts = whole.split(CUT);
    return parts.flatMap((part, index) =>
      spellings(part).flatMap((spelling) => {
        const lines = linesOf(spelling);
        return index < parts.length - 1 ? [lines, lines.slice(0, -1)] : [lines];
      }),
    );
  });
}

/** A text, without its numbers, and without its signs. */
function spellings(text: string): string[] {
  return [text, text.replace(NUMBER, ''), text.replace(SIGN, '')];
}

/** A text without the escapes of JSON: it is part of a document that was cut. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/g, (escape, what: string) => {
    if (what.length === 5) return String.fromCharCode(Number.parseInt(what.slice(1), 16));
    return { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', '/': '/' }[what] ?? escape;
  });
}

/** True if some text of a value passes: a string, the strings of a list as lines, or those of a JSON document. */
function someShown(value: Json, shows: (text: string) => boolean): boolean {
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
    return shows(value) || (inner !== undefined && someShown(inner, shows));
  }
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonObject(value)) return Object.values(value).some((item) => someShown(item, shows));
  const items = value as readonly Json[];
  const texts = items.filter((item): item is string => typeof item === 'string');
  if (texts.length > 1 && shows(texts.join('\n'))) return true;
  return items.some((item) => someShown(item, shows));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** True if lines of both agree from where one begins to where one ends. */
function overlaps(shown: readonly string[], code: readonly string[]): boolean {
  const [first, head] = [shown[0], code[0]];
  if (first === undefined || head === undefined) return false;
  return (
    shown.some((_, at) => agree(shown, at, code, 0)) ||
    code.some((line, at) => at > 0 && line.endsWith(first) && agree(shown, 0, code, at))
  );
}

function agree(
  shown: readonly string[],
  start: number,
  code: readonly string[],
  from: number,
): boolean {
  const length = Math.min(shown.length - start, code.length - from);
  let characters = 0;
  for (let n = 0; n < length; n++) {
    const [text, line] = [shown[start + n] ?? '', code[from + n] ?? ''];
    const same = sharedPart(text, line, {
      isFirst: from + n === 0,
      isLast: from + n === code.length - 1,
      isStart: start + n === 0,
      isEnd: start + n === shown.length - 1,
    });
    if (same === 0) return false;
    characters += same;
  }
  return characters >= Math.min(LEAST_PART, code.join('').length);
}

/** How many characters agree. Code may begin and end within a line, and so may what is shown. */
function sharedPart(
  text: string,
  line: string,
  at: { isFirst: boolean; isLast: boolean; isStart: boolean; isEnd: boolean },
): number {
  if (text === line) return line.length;
  if (at.isFirst && text.endsWith(line)) return line.length;
  if (at.isLast && text.startsWith(line)) return line.length;
  if (at.isStart && line.endsWith(text)) return text.length;
  if (at.isEnd && line.startsWith(text)) return text.length;
  if (at.isFirst && at.isEnd) return tailLength(text, line);
  return 0;
}

/** The length of the longest end of `text` that `line` begins with, if it counts; else 0. */
function tailLength(text: string, line: string): number {
  const start = line.slice(0, LEAST_PART);
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1)) {
    if (line.startsWith(text.slice(at))) return text.length - at;
  }
  return 0;
}
