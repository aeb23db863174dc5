import { asObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { HookEvent } from '../event/hook-event.ts';
import { succeeded } from '../event/tool-call.ts';
import { bashFragments } from './bash.ts';
import { editFragments, multiEditFragments } from './edit.ts';
import type { Fragment } from './fragment.ts';
import { trimCode } from './identify.ts';
import { notebookFragments } from './notebook.ts';
import { writeFragments } from './write.ts';

/** Returns the code that a call of one tool wrote, as far as its PostToolUse event tells. */
export type Extractor = (input: JsonObject, response: JsonObject) => Fragment[];

/**
 * The most fragments of one event. The rest is left out: what a formatter changed in a whole tree was not
 * written by Claude.
 */
export const MAX_FRAGMENTS_PER_EVENT = 1000;

/**
 * The fragments that an event wrote, in the order of the payload; none unless the event ends a
 * successful write. A payload of unexpected form gives no fragments and does not throw.
 */
export function extractFragments(event: HookEvent): Fragment[] {
  const extractor = EXTRACTORS.get(event.toolName ?? '');
  if (extractor === undefined || event.toolInput === undefined || !succeeded(event)) return [];
  return extractor(event.toolInput, asObject(event.toolResponse) ?? {})
    .filter(({ code }) => trimCode(code) !== '')
    .slice(0, MAX_FRAGMENTS_PER_EVENT);
}

// --- internal ---

const EXTRACTORS: ReadonlyMap<string, Extractor> = new Map([
  ['Write', writeFragments],
  ['Edit', editFragments],
  ['MultiEdit', multiEditFragments],
  ['NotebookEdit', notebookFragments],
  ['Bash', (_input, response) => bashFragments(response)],
]);
