import type { Fragment } from './fragment.ts';

/** A fragment that, as far as is known, still stands in its file. */
interface LiveFragment {
  readonly patternId: string;
  /** Its present text, with all edits made since. */
  readonly text: string;
}

/**
 * Finds the fragment that an incoming one replaced, among the live fragments of the file, newest first.
 * Undefined if it replaced none of them.
 */
export function chooseParent<T extends LiveFragment>(
  replaces: Fragment['replaces'],
  live: readonly T[],
): T | undefined {
  switch (replaces.kind) {
    case 'file':
      return live[0];
    case 'text':
      return replaces.text === ''
        ? undefined
        : live.find(({ text }) => text.includes(replaces.text));
    case 'nothing':
      return undefined;
  }
}

/** Longer texts are not followed, in characters: one replace_all can make a huge text of a small one. */
const MAX_EDITED = 16 * 1024 * 1024;

/**
 * Applies an edit to `text`: at every place if `all` is true, else at the first. Undefined if `oldText` is
 * empty or not in the text, or if the result would be longer than 16 Mi characters.
 */
export function applyEdit(
  text: string,
  oldText: string,
  newText: string,
  all: boolean,
): string | undefined {
  if (oldText === '' || !text.includes(oldText)) return undefined;
  const places = all ? text.split(oldText).length - 1 : 1;
  if (text.length + places * (newText.length - oldText.length) > MAX_EDITED) return undefined;
  // A function, because a string would have its $& and $1 read as patterns.
  return all ? text.replaceAll(oldText, () => newText) : text.replace(oldText, () => newText);
}
