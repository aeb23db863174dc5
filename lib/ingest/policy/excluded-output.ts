import { stripVTControlCharacters } from 'node:util';
import { asArray, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { leftOut } from './left-out.ts';

/** What is excluded. */
export interface Exclusion {
  /** True for a file of which no text is kept; the text is a path as a tool prints it. */
  readonly isExcluded: IsExcluded;
  /** False for an output without escape sequences that names no such file anywhere. */
  readonly mayShowExcluded: (output: string) => boolean;
}

/**
 * What a call answered, without what it shows of excluded files as far as it can be told: the files that a
 * command changed, lines that begin with a path as grep prints them, lines below a path as `rg --heading` does, and the sections of
 * diffs, of `head`, `more` and `bat`; all of them with or without colours. Returns the same value when nothing was left out.
 */
export function withoutExcluded(response: Json, exclusion: Exclusion): Json {
  if (typeof response === 'string') return withoutLines(response, exclusion);
  if (isJsonObject(response)) return withoutMembers(response, exclusion);
  if (!Array.isArray(response)) return response;
  const blocks = response as readonly Json[];
  const clean = blocks.map((block) => {
    if (typeof block === 'string') return withoutLines(block, exclusion);
    return isJsonObject(block) ? withoutMembers(block, exclusion) : block;
  });
  return clean.some((block, index) => block !== blocks[index]) ? clean : response;
}

// --- internal ---

type IsExcluded = (path: string) => boolean;

const OUTPUTS: ReadonlySet<string> = new Set(
  ['stdout stderr content output text result'].flatMap((names) => names.split(' ')),
);

function withoutMembers(response: JsonObject, exclusion: Exclusion): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const [key, value] of Object.entries(response)) {
    const clean =
      key === 'bashEditDiff'
        ? withoutFiles(value, exclusion.isExcluded)
        : typeof value === 'string' && OUTPUTS.has(key)
          ? withoutLines(value, exclusion)
          : value;
    if (clean !== value) (copy ??= { ...response })[key] = clean;
  }
  return copy ?? response;
}

function withoutFiles(value: Json, isExcluded: IsExcluded): Json {
  const diff = asObject(value);
  const files = asArray(diff?.['files']);
  const clean = files.map((entry) => {
    const file = asObject(entry);
    const path = asString(file?.['filePath']);
    if (file === undefined || path === undefined || !isExcluded(path)) return entry;
    const { created } = file;
    return { filePath: path, ...(created === undefined ? {} : { created }), hunks: [] };
  });
  return clean.some((file, index) => file !== files[index]) ? { ...diff, files: clean } : value;
}

function withoutLines(text: string, { isExcluded, mayShowExcluded }: Exclusion): string {
  const isColoured = text.includes(ESCAPE);
  if (!isColoured && !mayShowExcluded(text)) return text;
  let hidden: 'none' | 'block' | 'section' = 'none';
  let isChanged = false;
  const lines = text.split('\n');
  const plain = isColoured ? lines.map(withoutColours) : lines;
  const clean = lines.map((line, index) => {
    const shown = plain[index] ?? '';
    const next = plain[index + 1];
    const section = sectionOf(shown, next) ?? namesOfMore(plain, index);
    if (section) {
      hidden = section.some(isExcluded) ? 'section' : 'none';
      return line;
    }
    if (hidden === 'block' && shown.trim() === '') hidden = 'none';
    if (hidden === 'none' && !namesInFront(shown).some(isExcluded)) {
      if (isHeading(shown, plain[index - 1], next) && isExcluded(shown.trim())) hidden = 'block';
      return line;
    }
    if (line === '') return line;
    isChanged = true;
    return leftOut(line, { digests: false });
  });
  return isChanged ? clean.join('\n') : text;
}

const ESCAPE = '\u001B';

/** Without what a terminal is told by escape sequences: colours, `erase to the end of the line`, and links. */
function withoutColours(line: string): string {
  return line.includes(ESCAPE) ? stripVTControlCharacters(line).replace(/\r$/, '') : line;
}

/**
 * True for a line that stands alone above lines of a file, as `rg --heading` and `ack` print its name: the first
 * of a block, with lines below it that are no names, as in a list of files they would be.
 */
function isHeading(line: string, before: string | undefined, next: string | undefined): boolean {
  if (before !== undefined && before.trim() !== '') return false;
  if (next === undefined || line.trim() === '' || line.length > MAX_NAME) return false;
  return /^\d+[:-]|[\s=:"']/.test(next.trim());
}

/**
 * What may be the name where `more` begins a file: it stands between two lines of colons. The lower one has it
 * above, and the text below, which may be one line with the next file's colons behind it.
 */
function namesOfMore(lines: readonly string[], index: number): string[] | undefined {
  if (lines[index] !== MORE) return undefined;
  const names = [
    lines[index - 2] === MORE ? lines[index - 1] : undefined,
    lines[index + 2] === MORE ? lines[index + 1] : undefined,
  ];
  return names.flatMap((name) => name ?? []);
}

const MORE = ':'.repeat(14);

/** The files that a section of an output is about, by its first line; undefined within a section. */
function sectionOf(line: string, next: string | undefined): string[] | undefined {
  if (line.startsWith('diff --git ')) {
    const names = line.slice('diff --git '.length);
    return [
      names.slice(0, names.indexOf(' ', names.indexOf('/'))),
      names.slice(Math.max(...[' b/', ' w/', ' i/'].map((end) => names.lastIndexOf(end))) + 1),
    ].map(nameInDiff);
  }
  const combined = /^diff --(?:cc|combined) (.{1,4096})$/.exec(line);
  if (combined) return combined.slice(1);
  const head = /^==> (.{1,4096}) <==$/.exec(line) ?? /^[\s│|]{0,20}File: (.{1,4096})$/.exec(line);
  if (head) return head.slice(1);
  if (/^commit [0-9a-f]{7,64}\b/.test(line)) return [];
  const after = next?.startsWith('+++ ') ? /^--- (.{1,4096})$/.exec(line) : undefined;
  if (after) return [after[1] ?? '', next?.slice(4) ?? ''].map(nameInDiff);
  return undefined;
}

/** Without the time that diff prints behind a name, and without what git puts in front: `a/` and `b/`, or `i/`, `w/`, `c/`, `o/`. */
function nameInDiff(text: string): string {
  return text
    .replace(/\t.*$/, '')
    .replace(/^"?[abciow]\//, '')
    .replace(/"$/, '');
}

/** The most names tried in front of one line, and the longest. */
const MAX_NAMES = 8;
const MAX_NAME = 300;

/** What may be the path in `PATH:12:text`, `PATH-12-text`, `PATH:text`, after `--null`, and in `rg --json`. */
function namesInFront(line: string): string[] {
  const ended = line.indexOf('\0');
  if (ended > 0 && ended <= 4096) return [line.slice(0, ended)];
  const json = /^\{"type":"\w{1,20}","data":\{"path":\{"text":"([^"]{1,4096})"/.exec(line);
  if (json) return json.slice(1);
  const front = line.slice(0, MAX_NAME);
  const names: string[] = [];
  for (const { index } of front.matchAll(/[:-](?=\d+[:-])|:/g)) {
    const name = front.slice(0, index);
    // A word without a dot or a slash is a path only if a number follows.
    if (/[./]/.test(name) || /^[:-]\d+[:-]/.test(front.slice(index))) names.push(name);
    if (names.length >= MAX_NAMES) break;
  }
  return names;
}
