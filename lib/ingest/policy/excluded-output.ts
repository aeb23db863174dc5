import { asArray, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { leftOut } from './left-out.ts';

/** True for a file of which no text is kept; the text is a path as a tool prints it. */
export type IsExcluded = (path: string) => boolean;

/**
 * What a call answered, without what it shows of excluded files as far as it can be told: the files that a
 * command changed, lines that begin with a path as grep prints them, and the sections of diffs and of `head`.
 * Returns the same value when nothing was left out.
 */
export function withoutExcluded(response: Json, isExcluded: IsExcluded): Json {
  if (typeof response === 'string') return withoutLines(response, isExcluded);
  if (isJsonObject(response)) return withoutMembers(response, isExcluded);
  if (!Array.isArray(response)) return response;
  const blocks = response as readonly Json[];
  const clean = blocks.map((block) => {
    if (typeof block === 'string') return withoutLines(block, isExcluded);
    return isJsonObject(block) ? withoutMembers(block, isExcluded) : block;
  });
  return clean.some((block, index) => block !== blocks[index]) ? clean : response;
}

// --- internal ---

const OUTPUTS: ReadonlySet<string> = new Set(
  ['stdout stderr content output text result'].flatMap((names) => names.split(' ')),
);

function withoutMembers(response: JsonObject, isExcluded: IsExcluded): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const [key, value] of Object.entries(response)) {
    const clean =
      key === 'bashEditDiff'
        ? withoutFiles(value, isExcluded)
        : typeof value === 'string' && OUTPUTS.has(key)
          ? withoutLines(value, isExcluded)
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

function withoutLines(text: string, isExcluded: IsExcluded): string {
  if (!/[:\-=]/.test(text)) return text;
  let isHidden = false;
  let isChanged = false;
  const lines = text.split('\n');
  const clean = lines.map((line, index) => {
    const section = sectionOf(line, lines[index + 1]);
    if (section) {
      isHidden = section.some(isExcluded);
      return line;
    }
    if (!isHidden && !namesInFront(line).some(isExcluded)) return line;
    if (line === '') return line;
    isChanged = true;
    return leftOut(line, { digests: false });
  });
  return isChanged ? clean.join('\n') : text;
}

/** The files that a section of an output is about, by its first line; undefined within a section. */
function sectionOf(line: string, next: string | undefined): string[] | undefined {
  if (line.startsWith('diff --git ')) {
    const names = line.slice('diff --git '.length);
    return [
      names.slice(0, names.indexOf(' ', names.indexOf('/'))),
      names.slice(names.lastIndexOf(' b/') + 1),
    ].map(nameInDiff);
  }
  const combined = /^diff --(?:cc|combined) (.{1,4096})$/.exec(line);
  if (combined) return combined.slice(1);
  const head = /^==> (.{1,4096}) <==$/.exec(line);
  if (head) return head.slice(1);
  if (/^commit [0-9a-f]{7,64}\b/.test(line)) return [];
  const after = next?.startsWith('+++ ') ? /^--- (.{1,4096})$/.exec(line) : undefined;
  if (after) return [after[1] ?? '', next?.slice(4) ?? ''].map(nameInDiff);
  return undefined;
}

/** Without the time that diff prints behind a name, and without git's `a/` and `b/`. */
function nameInDiff(text: string): string {
  return text
    .replace(/\t.*$/, '')
    .replace(/^"?[ab]\//, '')
    .replace(/"$/, '');
}

/** The most names tried in front of one line, and the longest. */
const MAX_NAMES = 8;
const MAX_NAME = 300;

/** What may be the path in `PATH:12:text`, `PATH-12-text` or `PATH:text`. */
function namesInFront(line: string): string[] {
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
