import { createHash } from 'node:crypto';
import { extname } from 'node:path';

import { asArray, asObject, asString, isJsonObject } from '../../../lib/base/json.ts';
import type { TranscriptCall } from './transcript.ts';

/** What became of a call, as far as the transcript tells. */
export type ExpectedOutcome = 'ok' | 'failed' | 'rejected' | 'denied' | 'interrupted';

/** A fragment that a call wrote. */
export interface ExpectedFragment {
  readonly toolUseId: string;
  /** First 16 hex digits of the SHA-256 over the trimmed code. */
  readonly patternId: string;
  readonly code: string;
  readonly filePath: string;
  /** Undefined where the extension is not in the table here. */
  readonly language: string | undefined;
  /** The line numbers of each place it came to lie in; empty where they cannot be known. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
}

/**
 * The outcome by what the model was told. A call without a result, and the one that was running when
 * a signal ended the session (`killed`), was interrupted.
 */
export function outcomeOf(call: TranscriptCall, killed: boolean): ExpectedOutcome {
  const { result } = call;
  if (!result) return 'interrupted';
  if (!result.isError) return 'ok';
  if (result.text.startsWith('<tool_use_error>')) return 'rejected';
  if (/requested permissions|(needs|requires) approval/.test(result.text)) return 'denied';
  return killed ? 'interrupted' : 'failed';
}

/**
 * Every fragment that `calls` wrote, in their order, worked out anew from the transcript alone: the
 * files are written again in memory, from `files` on, to see at which lines a fragment came to lie.
 */
export function expectedFragments(
  calls: readonly TranscriptCall[],
  files: ReadonlyMap<string, string>,
): ExpectedFragment[] {
  const contents = new Map(files);
  return calls
    .filter((call) => call.result?.isError === false)
    .flatMap((call) => fragmentsOf(call, contents))
    .filter(({ code }) => code.trim() !== '');
}

/** First 16 hex digits of the SHA-256 over the trimmed text in UTF-8. */
export function sha16(code: string): string {
  return createHash('sha256').update(Buffer.from(code.trim(), 'utf8')).digest('hex').slice(0, 16);
}

// --- internal ---

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.js': 'javascript',
  '.py': 'python',
  '.go': 'go',
  '.ipynb': 'python', // what the notebook says
};

function fragmentsOf(call: TranscriptCall, contents: Map<string, string>): ExpectedFragment[] {
  const { input } = call;
  const path = asString(input['file_path']) ?? asString(input['notebook_path']) ?? '';
  switch (call.tool) {
    case 'Write': {
      const content = asString(input['content']) ?? '';
      contents.set(path, content);
      return [fragment(call, path, content, [linesAt(content, 0, content)])];
    }
    case 'Edit': {
      const from = asString(input['old_string']) ?? '';
      const to = asString(input['new_string']) ?? '';
      const pieces = (contents.get(path) ?? '').split(from);
      const rest = input['replace_all'] === true ? pieces.slice(1) : [pieces.slice(1).join(from)];
      let after = pieces[0] ?? '';
      const offsets: number[] = [];
      for (const piece of rest) {
        offsets.push(after.length);
        after += to + piece;
      }
      contents.set(path, after);
      return [
        fragment(
          call,
          path,
          to,
          offsets.map((offset) => linesAt(after, offset, to)),
        ),
      ];
    }
    case 'NotebookEdit':
      return [fragment(call, path, asString(input['new_source']) ?? '', [])];
    case 'Bash':
      return bashFragments(call);
    default:
      return [];
  }
}

/** A command's writes are known by the hunks of its result only. */
function bashFragments(call: TranscriptCall): ExpectedFragment[] {
  const diff = asObject(asObject(call.result?.detail)?.['bashEditDiff']);
  return asArray(diff?.['files'])
    .filter(isJsonObject)
    .flatMap((file) =>
      asArray(file['hunks'])
        .filter(isJsonObject)
        .map((hunk) => {
          const added = asArray(hunk['lines'])
            .map((line) => asString(line) ?? '')
            .filter((line) => line.startsWith('+'));
          const code = added.map((line) => `${line.slice(1)}\n`).join('');
          return fragment(call, asString(file['filePath']) ?? '', code, []);
        }),
    );
}

function fragment(
  call: TranscriptCall,
  filePath: string,
  code: string,
  places: ExpectedFragment['places'],
): ExpectedFragment {
  const language = LANGUAGES[extname(filePath)];
  return { toolUseId: call.id, patternId: sha16(code), code, filePath, language, places };
}

function linesAt(content: string, offset: number, code: string): { start: number; end: number } {
  const start = content.slice(0, offset).split('\n').length;
  const breaks = code.split('\n').length - 1;
  return { start, end: start + Math.max(0, code.endsWith('\n') ? breaks - 1 : breaks) };
}
