import { resolve } from 'node:path';
import { asArray, asObject, asString } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { HookEvent } from '../../event/hook-event.ts';
import { parseHunks } from '../../event/hunk.ts';
import type { Hunk } from '../../event/hunk.ts';
import { succeeded } from '../../event/tool-call.ts';
import { notebookText } from './notebook-text.ts';

/** A text that a tool replaced, once or everywhere. */
export interface TextReplacement {
  readonly oldText: string;
  readonly newText: string;
  readonly everywhere: boolean;
}

/** What a tool call did to one file, as its payload tells. */
export interface TextChange {
  /** Absolute, without `..`. */
  readonly path: string;
  /** The file's text before; null where there was no file, undefined where the payload does not tell. */
  readonly before: string | null | undefined;
  /** What happened to it. */
  readonly did:
    /** It has this text now. `cell`: the part that was written; the rest is the notebook around it. */
    | { readonly kind: 'write'; readonly text: string; readonly cell?: string }
    | { readonly kind: 'replace'; readonly replacements: readonly TextReplacement[] }
    | { readonly kind: 'hunks' }
    | { readonly kind: 'delete' };
  /** The diff, where one is sent. */
  readonly hunks: readonly Hunk[];
  /** True for the diff that a tool shows of its own edit, in which each leading tab is two blanks. */
  readonly isToolDiff: boolean;
}

/** What a tool call did to files. */
export interface TextChanges {
  readonly changes: readonly TextChange[];
  /** Files that are only named as changed. */
  readonly unseen: readonly string[];
}

/** The changes that an event tells; none unless it ends a successful write. It never throws. */
export function textChanges(event: HookEvent): TextChanges {
  const read = READERS.get(event.toolName ?? '');
  if (read === undefined || event.toolInput === undefined || !succeeded(event)) return NONE;
  const { changes, unseen } = read(event.toolInput, asObject(event.toolResponse) ?? {});
  const absolute = (path: string): string => resolve(event.cwd ?? '/', path);
  return {
    changes: changes.map((change) => ({ ...change, path: absolute(change.path) })),
    unseen: unseen.map(absolute),
  };
}

// --- internal ---

const NONE: TextChanges = { changes: [], unseen: [] };

type Reader = (input: JsonObject, response: JsonObject) => TextChanges;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Write', write],
  ['Edit', (input, response) => edit(input, response, [actualEdit(input, response)])],
  [
    'MultiEdit',
    (input, response) =>
      edit(
        input,
        response,
        asArray(input['edits']).map((entry) => asObject(entry) ?? {}),
      ),
  ],
  ['NotebookEdit', notebookEdit],
  ['Bash', (_input, response) => bash(response)],
]);

function write(input: JsonObject, response: JsonObject): TextChanges {
  const path = pathIn(input, 'file_path') ?? asString(response['filePath']);
  // A user may change the proposed content; the response has what was written.
  const text = asString(response['content']) ?? asString(input['content']);
  if (!path || text === undefined) return NONE;
  const before = response['type'] === 'create' ? null : originalOf(response);
  const hunks = hunksIn(response['structuredPatch']);
  if (!path.endsWith('.ipynb')) {
    return one({ path, before, did: { kind: 'write', text }, hunks });
  }
  const cells = notebookText(text);
  if (cells === undefined) return NONE;
  const cellsBefore = typeof before === 'string' ? notebookText(before) : before;
  return one({ path, before: cellsBefore, did: { kind: 'write', text: cells }, hunks: [] });
}

function edit(input: JsonObject, response: JsonObject, edits: readonly JsonObject[]): TextChanges {
  const path = pathIn(input, 'file_path') ?? asString(response['filePath']);
  const replacements = edits.flatMap((entry): TextReplacement[] => {
    const oldText = newlines(asString(entry['old_string']));
    const newText = newlines(asString(entry['new_string']));
    if (oldText === undefined || newText === undefined) return [];
    const everywhere = entry['replace_all'] === true || response['replaceAll'] === true;
    return [{ oldText, newText, everywhere }];
  });
  if (!path || replacements.length === 0) return NONE;
  const before = originalOf(response);
  const hunks = hunksIn(response['structuredPatch']);
  const [first] = replacements;
  if (replacements.length === 1 && first?.oldText === '' && !before) {
    // This is how an Edit creates a file.
    return one({ path, before: null, did: { kind: 'write', text: first.newText }, hunks });
  }
  // What a user changed in the proposal is in the diff only.
  if (response['userModified'] === true && hunks.length > 0) {
    return one({ path, before, did: { kind: 'hunks' }, hunks });
  }
  return one({ path, before, did: { kind: 'replace', replacements }, hunks });
}

/** Quotes of another form that Claude Code found in place of those that were asked for are in the response. */
function actualEdit(input: JsonObject, response: JsonObject): JsonObject {
  return {
    ...input,
    old_string: asString(response['oldString']) ?? input['old_string'] ?? null,
    new_string: asString(response['newString']) ?? input['new_string'] ?? null,
  };
}

function notebookEdit(input: JsonObject, response: JsonObject): TextChanges {
  const path = pathIn(input, 'notebook_path') ?? asString(response['notebook_path']);
  if (!path) return NONE;
  const mode = asString(response['edit_mode']) ?? asString(input['edit_mode']) ?? 'replace';
  const cell = mode === 'delete' ? '' : (asString(input['new_source']) ?? '');
  const before = notebookText(asString(response['original_file']) ?? '');
  const text = notebookText(asString(response['updated_file']) ?? '');
  if (text !== undefined) {
    return one({ path, before, did: { kind: 'write', text, cell }, hunks: [] });
  }
  // Older versions send the cell only.
  const oldText = asString(response['old_source']) ?? '';
  const replacements = [{ oldText, newText: cell, everywhere: false }];
  return one({ path, before, did: { kind: 'replace', replacements }, hunks: [] });
}

function bash(response: JsonObject): TextChanges {
  const diff = asObject(response['bashEditDiff']);
  const changes = asArray(diff?.['files']).flatMap((entry): TextChange[] => {
    const file = asObject(entry);
    const path = asString(file?.['filePath']);
    // A diff of a notebook is one of its JSON, and says nothing about the lines of its cells.
    if (file === undefined || !path || path.endsWith('.ipynb')) return [];
    const hunks = hunksIn(file['hunks']);
    if (file['deleted'] === true) {
      return [
        { path, before: sideOf(hunks, '-'), did: { kind: 'delete' }, hunks, isToolDiff: false },
      ];
    }
    if (file['created'] === true) {
      return [
        {
          path,
          before: null,
          did: { kind: 'write', text: sideOf(hunks, '+') },
          hunks,
          isToolDiff: false,
        },
      ];
    }
    return hunks.length === 0
      ? []
      : [{ path, before: undefined, did: { kind: 'hunks' }, hunks, isToolDiff: false }];
  });
  const seen = new Set(changes.map(({ path }) => path));
  const unseen = asArray(diff?.['changedFiles']).filter(
    (path): path is string => typeof path === 'string' && !seen.has(path),
  );
  return { changes, unseen };
}

/** No hunks, rather than some whose places no file of bearable size has. */
function hunksIn(value: Json | undefined): Hunk[] {
  const hunks = parseHunks(value);
  const isBearable = ({ oldStart = 0, newStart }: Hunk): boolean =>
    Math.max(oldStart, newStart) <= MAX_LINES;
  return hunks.every(isBearable) ? hunks : [];
}

const MAX_LINES = 1_000_000;

/** The text of one side of a diff that has a whole file on it. */
function sideOf(hunks: readonly Hunk[], sign: '+' | '-'): string {
  const lines = hunks.flatMap((hunk) => hunk.lines.filter((line) => line.sign === sign));
  if (lines.length === 0) return '';
  const newline = hunks.at(-1)?.endsWithNewline === false ? '' : '\n';
  return lines.map(({ text }) => text).join('\n') + newline;
}

/** The path of the input is absolute; the response may name the file from the working folder. */
function pathIn(input: JsonObject, key: string): string | undefined {
  return asString(input[key]) || undefined;
}

function originalOf(response: JsonObject): string | null | undefined {
  const original = response['originalFile'] ?? response['originalFileContents'];
  return original === null ? null : newlines(asString(original));
}

function one(change: Omit<TextChange, 'isToolDiff'>): TextChanges {
  return { changes: [{ ...change, isToolDiff: true }], unseen: [] };
}

/** In what Claude Code sends of a file's text, and replaces in it, line ends are newlines. */
function newlines(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n');
}
