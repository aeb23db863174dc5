import { structuredPatch } from 'diff';
import type { JsonObject, Json } from '../../../lib/base/json.ts';
import { samplePayload } from '../../bench/capture/sample-payload.ts';

/** Files that one `bashEditDiff` shows at most; the others are only named. */
const MAX_SHOWN = 5;

/** A file before and after a command; null where there is none. */
export interface Shown {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The payload of a Write, as Claude Code sends it. */
export function writePayload(
  session: string,
  path: string,
  before: string | null,
  content: string,
): JsonObject {
  const patch = before === null ? [] : toolPatch(path, before, content);
  return post(
    'write',
    session,
    { file_path: path, content },
    {
      type: before === null ? 'create' : 'update',
      filePath: path,
      content,
      structuredPatch: patch,
      originalFile: before,
      userModified: false,
    },
  );
}

/** A text that an Edit replaces. */
export interface EditInput {
  readonly oldText: string;
  readonly newText: string;
  readonly everywhere?: boolean;
}

/** The payload of an Edit; `withOriginal`: false as for a very large file. */
export function editPayload(
  session: string,
  path: string,
  texts: { readonly before: string; readonly after: string },
  { oldText, newText, everywhere = false }: EditInput,
  withOriginal = true,
): JsonObject {
  const input = {
    file_path: path,
    old_string: oldText,
    new_string: newText,
    replace_all: everywhere,
  };
  return post('edit', session, input, {
    filePath: path,
    oldString: oldText,
    newString: newText,
    ...(withOriginal ? { originalFile: texts.before } : {}),
    structuredPatch: toolPatch(path, texts.before, texts.after),
    userModified: false,
    replaceAll: everywhere,
  });
}

/** The payload of a MultiEdit. */
export function multiEditPayload(
  session: string,
  path: string,
  texts: { readonly before: string; readonly after: string },
  edits: readonly EditInput[],
): JsonObject {
  const input = {
    file_path: path,
    edits: edits.map(({ oldText, newText }) => ({
      old_string: oldText,
      new_string: newText,
      replace_all: false,
    })),
  };
  return {
    ...post('edit', session, input, {
      filePath: path,
      originalFileContents: texts.before,
      originalFile: texts.before,
      structuredPatch: toolPatch(path, texts.before, texts.after),
      userModified: false,
    }),
    tool_name: 'MultiEdit',
  };
}

/** The payload of a Bash command, with the diff of what it changed. */
export function bashPayload(session: string, command: string, shown: readonly Shown[]): JsonObject {
  const files = shown.slice(0, MAX_SHOWN).map(({ path, before, after }) => ({
    filePath: path,
    hunks: patch(path, before ?? '', after ?? ''),
    ...(before === null ? { created: true } : {}),
    ...(after === null ? { deleted: true } : {}),
  }));
  return post(
    'bash-writes-files',
    session,
    { command, description: 'run it' },
    {
      stdout: '',
      stderr: '',
      interrupted: false,
      isImage: false,
      noOutputExpected: false,
      bashEditDiff: {
        files,
        moreFiles: Math.max(0, shown.length - MAX_SHOWN),
        changedFiles: shown.map(({ path }) => path),
      },
    },
  );
}

// --- internal ---

function post(
  sample: string,
  session: string,
  input: JsonObject,
  response: JsonObject,
): JsonObject {
  return {
    ...samplePayload(`post-tool-use.${sample}`),
    session_id: session,
    tool_input: input,
    tool_response: response,
  };
}

function patch(path: string, before: string, after: string): Json[] {
  return structuredPatch(path, path, before, after, undefined, undefined, { context: 3 }).hunks.map(
    (hunk) => ({
      oldStart: Math.max(1, hunk.oldStart),
      oldLines: hunk.oldLines,
      newStart: Math.max(1, hunk.newStart),
      newLines: hunk.newLines,
      lines: hunk.lines,
    }),
  );
}

/** In what it shows of its own edits Claude Code writes two blanks for each leading tab. */
function toolPatch(path: string, before: string, after: string): Json[] {
  const blanks = (text: string): string =>
    text.replaceAll(/^\t+/gm, (tabs) => '  '.repeat(tabs.length));
  return patch(path, blanks(before), blanks(after));
}
