import { basename, resolve } from 'node:path';
import { isJsonObject } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';
import { formsOf } from './text-forms.ts';

/** Paths that are looked for. Whole and normal. */
export interface WantedPaths {
  readonly paths: readonly string[];
  /** Whether what lies below one of them is meant, too. */
  readonly isBelowMeant: boolean;
  /** Whether only the inputs of tools are looked into. */
  readonly isInputOnly: boolean;
}

/**
 * Makes a test of texts, plain or JSON: whether one names a wanted path, whole, relative to `cwd`, or with `.` and `..`
 * in it. In code, only a whole path counts, and none if `isInputOnly`.
 */
export function mentionTest(
  wanted: WantedPaths,
): (text: string, cwd: string | undefined) => boolean {
  const { paths, isBelowMeant, isInputOnly } = wanted;
  const names = paths.flatMap((path) => formsOf(basename(path)));
  const forms = paths.flatMap(formsOf);
  const isWanted = (path: string) =>
    paths.some((one) => path === one || (isBelowMeant && path.startsWith(`${one}/`)));
  const namesPath = (text: string, cwd: string | undefined) =>
    forms.some((form) => namesWhole(text, form)) ||
    pathsIn(text).some(
      (path) => (cwd ?? path).startsWith('/') && isWanted(resolve(cwd ?? '/', path)),
    );
  return (text, cwd) => {
    if (!names.some((name) => text.includes(name))) return false;
    const value = /^\s*\{/.test(text) ? parsed(text) : undefined;
    if (value === undefined) return namesPath(text, cwd);
    if (!isInputOnly && forms.some((form) => namesWhole(text, form))) return true;
    return someString(value, !isInputOnly, (inner) => {
      return names.some((name) => inner.includes(name)) && namesPath(inner, cwd);
    });
  };
}

// --- internal ---

/** The longest text that is taken for one path as a whole, in characters. */
const MAX_PATH = 4096;
/** What is written to a file or read from it: that is not about the files that it names. */
const WRITTEN = new Set([
  'content',
  'old_string',
  'new_string',
  'new_source',
  'edits',
  'oldString',
  'newString',
  'structuredPatch',
]);

/** What may be paths in a text: the whole of it, what is in quotes, and each word. */
function pathsIn(text: string): string[] {
  const whole = text.length <= MAX_PATH ? [text] : [];
  const quoted = [...text.matchAll(/"([^"\n]+)"|'([^'\n]+)'/g)].map(([, a, b]) => a ?? b ?? '');
  return [...whole, ...quoted, ...(text.match(/[^\s"'`=;|&()<>,:*?[\]{}$\\]+/g) ?? [])];
}

/** `/a/b.ts` names no `/a/b.tsx`, `/a/b.ts.bak` or `/x/a/b.ts`; but it names `/a/b.ts:7` and `/a/b.ts.` */
function namesWhole(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at);
    const after = text.slice(at + path.length, at + path.length + 2);
    // A letter before it may be the end of an escape: \n/a/b.ts
    const isStart = !/[\w.-]/.test(before) || /\\[nrt]$/.test(text.slice(Math.max(0, at - 2), at));
    if (isStart && !/^(?:[\w-]|\.\w)/.test(after)) return true;
  }
  return false;
}

/** Looks into the strings of an event, or only into those of the inputs in it; never into what was written. */
function someString(value: Json, isInside: boolean, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return isInside && test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (!isJsonObject(value)) {
    return (value as readonly Json[]).some((item) => someString(item, isInside, test));
  }
  return Object.entries(value).some(
    ([key, item]) => !WRITTEN.has(key) && someString(item, isInside || key === 'tool_input', test),
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
