import { asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { parseHunks } from '../event/hunk.ts';
import type { Hunk } from '../event/hunk.ts';
import { changedLines } from './lines/changed-lines.ts';
import type { Fragment, WrittenText } from './fragment.ts';
import { addedLines } from './lines/hunk-places.ts';
import { languageOf } from './language.ts';
import { lineCount } from './line-count.ts';
import type { LineRange } from './lines/line-range.ts';
import { writtenFile } from './written-file.ts';

/** The whole content that a Write wrote. */
export function writeTexts(input: JsonObject, response: JsonObject): WrittenText[] {
  const content = asString(input['content']);
  const filePath = writtenFile(input['file_path'], response['filePath']);
  if (content === undefined || !filePath) return [];
  const hunks = parseHunks(response['structuredPatch']);
  const isNew = response['type'] !== 'update' && hunks.length === 0;
  const original = asString(response['originalFile']) ?? (isNew ? '' : undefined);
  return [[wholeFile(filePath, content, { original, hunks })]];
}

/** What a file held before, as far as it is known: its text, or else the hunks of the change. */
export interface FileBefore {
  readonly original?: string | undefined;
  readonly hunks?: readonly Hunk[];
}

/** The fragment of a file that was written whole. */
export function wholeFile(filePath: string, content: string, before: FileBefore): Fragment {
  return {
    code: content,
    replaces: { kind: 'file' },
    wholeFile: true,
    filePath,
    language: languageOf(filePath, content),
    startLine: 1,
    endLine: lineCount(content),
    changedLines: changedIn(content, before),
  };
}

// --- internal ---

function changedIn(content: string, { original, hunks = [] }: FileBefore): LineRange[] | null {
  const [before, after] = [original, content].map((text) => text?.replaceAll('\r\n', '\n'));
  const changed = before === undefined ? undefined : changedLines(before, after ?? '');
  return changed ?? (hunks.length > 0 ? addedLines(hunks) : null);
}
