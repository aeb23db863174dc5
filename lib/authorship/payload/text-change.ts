import { isAbsolute } from 'node:path';
import { asArray, asObject, asString } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { HookEvent } from '../../event/hook-event.ts';
import { parseHunks } from '../../event/hunk.ts';
import type { Hunk } from '../../event/hunk.ts';
import { succeeded } from '../../event/tool-call.ts';
import { lineCount } from '../../pattern/line-count.ts';
import type { AuthorshipKind, PiecePlace } from '../piece.ts';
import { CommandAuthorship } from './command-authorship.ts';
import { isNotebook, notebookText } from './notebook-text.ts';

/** A text that a tool replaced, once or everywhere. */
export interface TextReplacement {
  readonly oldText: string;
  readonly newText: string;
  readonly everywhere: boolean;
  /** The new text as Claude gave it, if Claude Code wrote it with other quotes or line ends. */
  readonly code?: string;
}

/** What a tool call did to one file, as its payload tells. It has plain values only, so that it can cross threads. */
export interface TextChange {
  readonly path: string;
  /** How Claude called the file, if it is stored under another name: ids of the legacy scheme are made of it. */
  readonly calledPath?: string;
  /** The file's text before; null where there was no file, undefined where the payload does not tell. */
  readonly before: string | null | undefined;
  /** What happened to it. */
  readonly did:
    /**
     * It has this text now. `code` is what was written, if that is another text: a cell (`part`; the rest is the
     * notebook around it), or a notebook's JSON, of which the text has the cells.
     */
    | {
        readonly kind: 'write';
        readonly text: string;
        readonly code?: string;
        readonly isPart?: boolean;
      }
    | { readonly kind: 'replace'; readonly replacements: readonly TextReplacement[] }
    | { readonly kind: 'hunks' }
    /** It has this text now, as a command left it. */
    | { readonly kind: 'left'; readonly text: string }
    | { readonly kind: 'delete' };
  /** The diff, where one is sent and needed. */
  readonly hunks: readonly Hunk[];
  /** True for the diff that a tool shows of its own edit, in which each leading tab is two blanks. */
  readonly isToolDiff: boolean;
  /** True for what a shell command made of the file. */
  readonly isProgram: boolean;
  /** What new text in it is that is not Claude's own: `authored`, but for what a command of another kind made. */
  readonly kind: AuthorshipKind;
  /** The new lines that are Claude's own; undefined if all are. Trivial ones follow those beside them. */
  readonly own?: readonly string[];
  /** The command that made its whole text: beside what is known of the file, it tells more of what is Claude's own. */
  readonly command?: string;
  /** The language's name, where the payload tells it: that of a cell. */
  readonly language?: string;
  /** Where its pieces stand, if that is known better than from the texts: those may have lost a secret of several lines. */
  readonly places?: readonly PiecePlace[];
  /** True for a diff of what is not kept as text: its pieces are told, and the file is left as it was. */
  readonly isForeign?: boolean;
}

/** A file that a call changed without its event telling what it holds. */
export interface FileChange {
  readonly filePath: string;
  /** `changed`: it was written, and its content is not known. */
  readonly change: 'deleted' | 'changed';
}

/** What a tool call did to files. */
export interface TextChanges {
  readonly changes: readonly TextChange[];
  /**
   * The files that a command deleted, and those that it changed without Claude Code showing how: it shows five files,
   * none of a command that did not succeed, and never a binary one.
   */
  readonly others: readonly FileChange[];
}

/** The most files that are noted of one event: a command may change a whole tree. */
const MAX_FILES = 1000;

/** The changes that an event tells; none unless it ends a write. It never throws. */
export function textChanges(event: HookEvent): TextChanges {
  const { toolName = '', toolInput = {}, toolResponse } = event;
  const response = asObject(toolResponse) ?? {};
  if (toolName === 'Bash') return bash(event, response);
  const read = READERS.get(toolName);
  const change =
    read && event.toolInput && succeeded(event) ? read(toolInput, response) : undefined;
  return change === undefined ? NONE : { changes: [spare(change)], others: [] };
}

/** The command for a change that has the whole text of a file, unless it is too long to go with each file. */
export function madeBy(command: string | undefined): Pick<TextChange, 'command'> {
  return command !== undefined && command.length <= MAX_COMMAND ? { command } : {};
}

// --- internal ---

/** In characters. */
const MAX_COMMAND = 20_000;

const NONE: TextChanges = { changes: [], others: [] };

type Reader = (input: JsonObject, response: JsonObject) => TextChange | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Write', write],
  ['Edit', (input, response) => edit(input, response, [actualEdit(input, response)])],
  ['MultiEdit', multiEdit],
  ['NotebookEdit', notebookEdit],
]);

function write(input: JsonObject, response: JsonObject): TextChange | undefined {
  const path = writtenPath(input['file_path'], response['filePath']);
  // A user may change the proposed content; the response has what was written.
  const text = asString(response['content']) ?? asString(input['content']);
  if (!path || text === undefined) return undefined;
  const hunks = hunksIn(response['structuredPatch']);
  const before = response['type'] === 'create' ? null : originalOf(response);
  const cells = isNotebook(path) ? notebookText(text) : undefined;
  if (cells === undefined) return one({ path, before, did: { kind: 'write', text }, hunks });
  const cellsBefore = typeof before === 'string' ? notebookText(before) : before;
  return {
    ...one({
      path,
      before: cellsBefore,
      did: { kind: 'write', text: cells, code: text },
      hunks: [],
    }),
    places: [{ startLine: 1, endLine: lineCount(text), changedLines: null }],
  };
}

function edit(
  input: JsonObject,
  response: JsonObject,
  edits: readonly JsonObject[],
): TextChange | undefined {
  const path = writtenPath(input['file_path'], response['filePath']);
  const replacements = edits.flatMap((entry): TextReplacement[] => {
    const oldText = newlines(asString(entry['old_string']));
    const newText = newlines(asString(entry['new_string']));
    if (oldText === undefined || newText === undefined) return [];
    const everywhere = entry['replace_all'] === true || response['replaceAll'] === true;
    const code = asString(entry['given']) ?? asString(entry['new_string']) ?? newText;
    return [{ oldText, newText, everywhere, ...(code === newText ? {} : { code }) }];
  });
  if (!path || replacements.length === 0) return undefined;
  const before = originalOf(response);
  const hunks = hunksIn(response['structuredPatch']);
  const [first] = replacements;
  if (first?.oldText === '' && !before) {
    // This is how an Edit creates a file.
    const did = { kind: 'replace', replacements } as const;
    return one({ path, before: null, did, hunks: [] });
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
    given: input['new_string'] ?? null,
  };
}

function multiEdit(input: JsonObject, response: JsonObject): TextChange | undefined {
  const edits = asArray(input['edits']).map((entry) => asObject(entry) ?? {});
  return edit(input, response, edits);
}

function notebookEdit(input: JsonObject, response: JsonObject): TextChange | undefined {
  const path = writtenPath(input['notebook_path'], response['notebook_path']);
  const source = asString(input['new_source']);
  const mode = asString(response['edit_mode']) ?? asString(input['edit_mode']) ?? 'replace';
  if (!path || (source === undefined && mode !== 'delete')) return undefined;
  const code = mode === 'delete' ? '' : (source ?? '');
  const cellType = asString(response['cell_type']) ?? asString(input['cell_type']);
  const language = cellType === 'markdown' ? cellType : (asString(response['language']) ?? '');
  const before = notebookText(asString(response['original_file']) ?? '');
  const text = notebookText(asString(response['updated_file']) ?? '');
  if (text !== undefined) {
    const did = { kind: 'write', text, code, isPart: true } as const;
    return { ...one({ path, before, did, hunks: [] }), language };
  }
  // Older versions send the cell only.
  const oldText = mode === 'insert' ? '' : (asString(response['old_source']) ?? '');
  const replacements = [{ oldText, newText: code, everywhere: false }];
  const places = [{ startLine: null, endLine: null, changedLines: null }];
  const change = one({ path, before, did: { kind: 'replace', replacements }, hunks: [] });
  return { ...change, language, places };
}

function bash(event: HookEvent, response: JsonObject): TextChanges {
  const diff = asObject(response['bashEditDiff']);
  if (diff === undefined) return NONE;
  const command = asString(event.toolInput?.['command']) ?? '';
  const authorship = new CommandAuthorship(command);
  const isShown = event.toolInput !== undefined && succeeded(event);
  const changes: TextChange[] = [];
  const others = new Map<string, FileChange['change'] | 'shown'>();
  for (const entry of asArray(diff['files'])) {
    const file = asObject(entry);
    const path = asString(file?.['filePath']);
    if (file === undefined || !path) continue;
    const hunks = isShown ? hunksIn(file['hunks']) : [];
    const isDeleted = file['deleted'] === true;
    others.set(path, isDeleted ? 'deleted' : hunks.length > 0 ? 'shown' : 'changed');
    if (!isShown || (hunks.length === 0 && !isDeleted)) continue;
    const change = commandChange(path, file, hunks);
    const whole = change.did.kind === 'write' ? madeBy(command) : {};
    changes.push({
      ...change,
      ...whole,
      isToolDiff: false,
      isProgram: true,
      ...authorship.of(path, hunks),
    });
  }
  for (const path of asArray(diff['changedFiles'])) {
    if (typeof path === 'string' && path && !others.has(path)) others.set(path, 'changed');
  }
  return {
    changes,
    others: [...others]
      .flatMap(([filePath, change]) => (change === 'shown' ? [] : [{ filePath, change }]))
      .slice(0, MAX_FILES),
  };
}

type CommandChange = Pick<TextChange, 'path' | 'before' | 'did' | 'hunks' | 'isForeign'>;

function commandChange(path: string, file: JsonObject, hunks: readonly Hunk[]): CommandChange {
  if (file['deleted'] === true) {
    return { path, before: sideOf(hunks, '-'), did: { kind: 'delete' }, hunks: [] };
  }
  // A diff of a notebook is one of its JSON, and says nothing about the lines of its cells.
  const isForeign = isNotebook(path);
  if (file['created'] === true) {
    const did = { kind: 'write', text: sideOf(hunks, '+') } as const;
    return { path, before: null, did, hunks: [], isForeign };
  }
  return { path, before: undefined, did: { kind: 'hunks' }, hunks, isForeign };
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
  const newline = lines.at(-1)?.isUnterminated === true ? '' : '\n';
  return lines.map(({ text }) => text).join('\n') + newline;
}

/** The file that a call wrote, by the path in its input and that in its response: an absolute one, if there is one. */
function writtenPath(asked: Json | undefined, answered: Json | undefined): string | undefined {
  const paths = [asString(asked), asString(answered)].filter(Boolean);
  return paths.find((path) => path && isAbsolute(path)) ?? paths[0];
}

function originalOf(response: JsonObject): string | null | undefined {
  const original = response['originalFile'] ?? response['originalFileContents'];
  return original === null ? null : newlines(asString(original));
}

function one(change: Pick<TextChange, 'path' | 'before' | 'did' | 'hunks'>): TextChange {
  return { ...change, isToolDiff: true, isProgram: false, kind: 'authored' };
}

/** Without the diff, where the texts tell all that it does. */
function spare(change: TextChange): TextChange {
  const { before, did, hunks } = change;
  if (hunks.length === 0) return change;
  const isTold =
    did.kind === 'write'
      ? before !== undefined
      : did.kind === 'replace' &&
        typeof before === 'string' &&
        did.replacements.every(({ oldText }) => oldText !== '' && before.includes(oldText));
  return isTold ? { ...change, hunks: [] } : change;
}

/** In what Claude Code sends of a file's text, and replaces in it, line ends are newlines. */
function newlines(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n');
}
