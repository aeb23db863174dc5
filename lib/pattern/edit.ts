import { asArray, asObject, asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { parseHunks } from '../event/hunk.ts';
import type { WrittenText } from './fragment.ts';
import { placesInHunks } from './lines/hunk-places.ts';
import { languageOf } from './language.ts';
import type { Place } from './lines/line-range.ts';
import { placesInText } from './lines/text-places.ts';
import type { Replacement } from './lines/text-places.ts';
import { wholeFile } from './write.ts';
import { writtenFile } from './written-file.ts';

/** The most places of one replace_all that are counted; the rest is left out. */
export const MAX_PLACES_PER_EDIT = 100;

/** The new text of an Edit, once, or with replace_all once for each place. */
export function editTexts(input: JsonObject, response: JsonObject): WrittenText[] {
  const edit = editOf(response['replaceAll'] === true ? { ...input, replace_all: true } : input);
  // Claude Code corrects quotes that the file has in another form: this is what it looked for and wrote.
  const [oldText, newText] = [asString(response['oldString']), asString(response['newString'])];
  const asDone = edit && {
    ...edit,
    oldText: oldText ?? edit.oldText,
    newText: newText ?? edit.newText,
  };
  return editedTexts([edit], input, response, [asDone]);
}

/** The new text of each edit of a MultiEdit, in order. A text that a later edit replaced has no lines. */
export function multiEditTexts(input: JsonObject, response: JsonObject): WrittenText[] {
  const edits = asArray(input['edits']).map((edit) => editOf(asObject(edit) ?? {}));
  return editedTexts(edits, input, response, edits);
}

// --- internal ---

type Edit = Replacement | undefined;

function editOf(edit: JsonObject): Edit {
  const oldText = asString(edit['old_string']);
  const newText = asString(edit['new_string']);
  if (oldText === undefined || newText === undefined) return undefined;
  return { oldText, newText, all: edit['replace_all'] === true };
}

/** `asDone` are the edits as they were made. */
function editedTexts(
  edits: readonly Edit[],
  input: JsonObject,
  response: JsonObject,
  asDone: readonly Edit[],
): WrittenText[] {
  const filePath = writtenFile(input['file_path'], response['filePath']);
  if (!filePath) return [];
  const language = languageOf(filePath);
  const original = asString(response['originalFile']) ?? asString(response['originalFileContents']);
  const exact = exactPlaces(original, asDone) ?? exactPlaces(original, edits);
  const hunks = parseHunks(response['structuredPatch']);
  return edits.flatMap((edit, index) => {
    if (!edit) return [];
    const { oldText, newText, all } = edit;
    // This is how an Edit creates a file.
    if (oldText === '') return [[wholeFile(filePath, newText, { original: original ?? '' })]];
    const limit = all ? MAX_PLACES_PER_EDIT : 1;
    const places: readonly (Place | undefined)[] =
      exact?.[index] ?? placesInHunks(newText, oldText, hunks, limit);
    return [
      (places.length > 0 ? places : [undefined]).map((place) => ({
        code: newText,
        replaces: { kind: 'text', text: oldText },
        wholeFile: false,
        filePath,
        language,
        startLine: place?.startLine ?? null,
        endLine: place?.endLine ?? null,
        changedLines: place?.changedLines ?? null,
      })),
    ];
  });
}

function exactPlaces(original: string | undefined, edits: readonly Edit[]): Place[][] | undefined {
  const whole = edits.filter((edit) => edit !== undefined);
  if (!original || whole.length < edits.length) return undefined;
  return placesInText(original, whole, MAX_PLACES_PER_EDIT);
}
