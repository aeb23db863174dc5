import { asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { Fragment } from './fragment.ts';
import { languageNamed } from './language.ts';

/**
 * The source of the cell that a NotebookEdit replaced or inserted, without lines: a cell has no place in
 * its file.
 */
export function notebookFragments(input: JsonObject, response: JsonObject): Fragment[] {
  const mode = asString(response['edit_mode']) ?? asString(input['edit_mode']) ?? 'replace';
  const code = asString(input['new_source']);
  const filePath = asString(response['notebook_path']) ?? asString(input['notebook_path']);
  if (mode === 'delete' || code === undefined || !filePath) return [];
  const oldSource = mode === 'insert' ? undefined : asString(response['old_source']);
  const cellType = asString(response['cell_type']) ?? asString(input['cell_type']);
  return [
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
    },
  ];
}
