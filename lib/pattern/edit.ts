import { asArray, asObject, asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { parseHunks } from '../event/hunk.ts';
import type { Hunk } from '../event/hunk.ts';
import type { Fragment } from './fragment.ts';
import { languageOf } from './language.ts';
import { placesOf } from './line-range.ts';
import { wholeFile } from './write.ts';

/** The most places of one replace_all that are counted; the rest is left out. */
export const MAX_PLACES_PER_EDIT = 100;

/** The new text of an Edit, once, or with replace_all once for each place. */
export function editFragments(input: JsonObject, response: JsonObject): Fragment[] {
  const filePath = asString(response['filePath']) ?? asString(input['file_path']);
  if (!filePath) return [];
  const edit = response['replaceAll'] === true ? { ...input, replace_all: true } : input;
  return fragmentsOf(edit, filePath, parseHunks(response['structuredPatch']));
}

/**
 * The new text of each edit of a MultiEdit, in order. The edits share one patch, so an edit that a later
 * one overwrote has no line numbers.
 */
export function multiEditFragments(input: JsonObject, response: JsonObject): Fragment[] {
  const filePath = asString(response['filePath']) ?? asString(input['file_path']);
  if (!filePath) return [];
  const hunks = parseHunks(response['structuredPatch']);
  return asArray(input['edits']).flatMap((edit) =>
    fragmentsOf(asObject(edit) ?? {}, filePath, hunks),
  );
}

// --- internal ---

function fragmentsOf(edit: JsonObject, filePath: string, hunks: readonly Hunk[]): Fragment[] {
  const code = asString(edit['new_string']);
  const oldText = asString(edit['old_string']);
  if (code === undefined || oldText === undefined) return [];
  if (oldText === '') return [wholeFile(filePath, code)]; // how an Edit creates a file
  const limit = edit['replace_all'] === true ? MAX_PLACES_PER_EDIT : 1;
  const places = placesOf(code, hunks, limit);
  return (places.length > 0 ? places : [undefined]).map((place) => ({
    code,
    replaces: { kind: 'text', text: oldText },
    wholeFile: false,
    filePath,
    language: languageOf(filePath),
    startLine: place?.startLine ?? null,
    endLine: place?.endLine ?? null,
  }));
}
