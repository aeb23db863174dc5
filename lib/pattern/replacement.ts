import type { Fragment } from './fragment.ts';

/** A fragment that, as far as is known, still stands in its file. */
interface LiveFragment {
  readonly patternId: string;
  /** Its text now, with the edits since. */
  readonly text: string;
}

/** The live fragment of a file that an incoming one took the place of. `live` is newest first. */
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

/** A longer text is not followed any more, in characters: some edits make one out of nearly nothing. */
const MAX_EDITED = 16 * 1024 * 1024;

/**
 * `text` after an edit; undefined when `oldText` is not in it, or it would be too long to be followed.
 * `all` replaces each place, else the first.
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
