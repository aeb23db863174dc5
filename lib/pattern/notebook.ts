import { asArray, asObject, asString } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { WrittenText } from './fragment.ts';
import { languageNamed } from './language.ts';
import { writtenFile } from './written-file.ts';

/**
 * The source of the cell that a NotebookEdit replaced or inserted, without lines: a cell has no place in
 * its file.
 */
export function notebookTexts(input: JsonObject, response: JsonObject): WrittenText[] {
  const mode = asString(response['edit_mode']) ?? asString(input['edit_mode']) ?? 'replace';
  const code = asString(input['new_source']);
  const filePath = writtenFile(input['notebook_path'], response['notebook_path']);
  if (mode === 'delete' || code === undefined || !filePath) return [];
  const oldSource = mode === 'insert' ? undefined : asString(response['old_source']);
  const cellType = asString(response['cell_type']) ?? asString(input['cell_type']);
  return [
    [
      {
        code,
        replaces: oldSource ? { kind: 'text', text: oldSource } : { kind: 'nothing' },
        wholeFile: false,
        filePath,
        language: languageNamed(
          cellType === 'markdown' ? 'markdown' : (asString(response['language']) ?? ''),
        ),
        startLine: null,
        endLine: null,
        changedLines: null,
      },
    ],
  ];
}

/**
 * The sources of a notebook's cells one below the other, as a NotebookEdit tells what a cell held; undefined if the
 * file is no notebook.
 */
export function notebookSources(filePath: string, content: string): string | undefined {
  if (!filePath.toLowerCase().endsWith('.ipynb')) return undefined;
  try {
    const cells = asArray(asObject(JSON.parse(content))?.['cells']);
    return cells.map((cell) => sourceOf(asObject(cell)?.['source'])).join('\n');
  } catch {
    return undefined;
  }
}

// --- internal ---

/** A source is a text, or its lines with their line breaks. */
function sourceOf(source: Json | undefined): string {
  return (
    asString(source) ??
    asArray(source)
      .map((line) => asString(line) ?? '')
      .join('')
  );
}
