import { asObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { HookEvent } from '../event/hook-event.ts';
import { succeeded } from '../event/tool-call.ts';
import { bashTexts } from './bash.ts';
import { editTexts, multiEditTexts } from './edit.ts';
import type { Fragment, WrittenText } from './fragment.ts';
import { trimCode } from './identify.ts';
import { notebookTexts } from './notebook.ts';
import { writeTexts } from './write.ts';

/** Returns the texts that a call of one tool wrote, as far as its PostToolUse event tells. */
export type Extractor = (input: JsonObject, response: JsonObject) => WrittenText[];

/**
 * The most fragments of one event. The rest is left out: what a formatter changed in a whole tree was not
 * written by Claude.
 */
export const MAX_FRAGMENTS_PER_EVENT = 1000;

/**
 * The fragments that an event wrote, in the order of the payload; none unless the event ends a
 * successful write. A payload of unexpected form gives no fragments and does not throw.
 *
 * @param asSent the event before anything was taken out of it: a secret may have had several lines, so the lines are
 *   counted there
 */
export function extractFragments(event: HookEvent, asSent: HookEvent = event): Fragment[] {
  const texts = textsOf(event);
  const exact = asSent === event ? texts : textsOf(asSent);
  return texts
    .flatMap((text, index) =>
      withPlacesOf(text, exact.length === texts.length ? exact[index] : text),
    )
    .filter(({ code }) => trimCode(code) !== '')
    .slice(0, MAX_FRAGMENTS_PER_EVENT);
}

// --- internal ---

function textsOf(event: HookEvent): WrittenText[] {
  const extractor = EXTRACTORS.get(event.toolName ?? '');
  if (extractor === undefined || event.toolInput === undefined || !succeeded(event)) return [];
  return extractor(event.toolInput, asObject(event.toolResponse) ?? {});
}

/** The text once for each place of `exact`. */
function withPlacesOf(text: WrittenText, exact: WrittenText = text): WrittenText {
  const [first] = text;
  if (text === exact || !first) return text;
  return exact.map(({ startLine, endLine, changedLines }) => {
    return { ...first, startLine, endLine, changedLines };
  });
}

const EXTRACTORS: ReadonlyMap<string, Extractor> = new Map([
  ['Write', writeTexts],
  ['Edit', editTexts],
  ['MultiEdit', multiEditTexts],
  ['NotebookEdit', notebookTexts],
  ['Bash', (_input, response) => bashTexts(response)],
]);
