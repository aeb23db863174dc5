import { asArray, asObject, asString } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { HookEvent } from './hook-event.ts';
import { parseHunks } from './hunk.ts';
import { succeeded } from './tool-call.ts';

/** How many lines a tool call added to files and removed from them, as a diff counts them. */
export interface LineChange {
  readonly added: number;
  readonly removed: number;
}

/**
 * The lines that an event added and removed: by the diff that Claude Code sends, else by the texts that were
 * replaced. Undefined unless the event ends a successful write.
 */
export function lineChange(event: HookEvent): LineChange | undefined {
  if (!succeeded(event)) return undefined;
  const input = event.toolInput ?? {};
  const response = asObject(event.toolResponse) ?? {};
  return patchChange(response) ?? CHANGES.get(event.toolName ?? '')?.(input, response);
}

// --- internal ---

const NO_CHANGE: LineChange = { added: 0, removed: 0 };

/** What a call changed whose response has no diff. */
type Change = (input: JsonObject, response: JsonObject) => LineChange | undefined;

const CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  // The diff of an update is empty if the file had this content before, and that of a new file always.
  ['Write', ({ content }, { type }) => (type === 'update' ? NO_CHANGE : textChange('', content))],
  ['Edit', editChange],
  ['MultiEdit', ({ edits }) => asArray(edits).map(editOf).map(editChange).reduce(sum, undefined)],
  [
    'NotebookEdit',
    (input, response) => {
      const mode = response['edit_mode'] ?? input['edit_mode'];
      const before = mode === 'insert' ? '' : response['old_source'];
      return textChange(before, mode === 'delete' ? '' : input['new_source']);
    },
  ],
]);

/** Undefined when the response has no diff, or an empty one. */
function patchChange(response: JsonObject): LineChange | undefined {
  const files = asArray(asObject(response['bashEditDiff'])?.['files']);
  const patches = [response['structuredPatch'], ...files.map((file) => asObject(file)?.['hunks'])];
  const lines = patches.flatMap(parseHunks).flatMap((hunk) => hunk.lines);
  if (lines.length === 0) return undefined;
  const count = (wanted: string) => lines.filter(({ sign }) => sign === wanted).length;
  return { added: count('+'), removed: count('-') };
}

function editOf(value: Json): JsonObject {
  return asObject(value) ?? {};
}

function editChange({ old_string: before, new_string: after }: JsonObject): LineChange | undefined {
  return textChange(before, after);
}

/** The lines between the equal ones at the beginning and those at the end. */
function textChange(before: Json | undefined, after: Json | undefined): LineChange | undefined {
  const [old, new_] = [linesOf(before), linesOf(after)];
  if (!old || !new_) return undefined;
  const shorter = Math.min(old.length, new_.length);
  let first = 0;
  while (first < shorter && old[first] === new_[first]) first += 1;
  let last = 0;
  while (last < shorter - first && old.at(-1 - last) === new_.at(-1 - last)) last += 1;
  return { added: new_.length - first - last, removed: old.length - first - last };
}

function linesOf(value: Json | undefined): string[] | undefined {
  const text = asString(value);
  return text === '' ? [] : text?.replace(/\r?\n$/, '').split(/\r?\n/);
}

function sum(one: LineChange | undefined, other: LineChange | undefined): LineChange | undefined {
  if (!one || !other) return one ?? other;
  return { added: one.added + other.added, removed: one.removed + other.removed };
}
