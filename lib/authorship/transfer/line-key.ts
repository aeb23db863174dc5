/**
 * What of a line a formatter keeps: blanks count nothing, quotes are equal, and a comma or semicolon at
 * the end counts nothing; an accent may stand apart from its letter. In the place of a secret it does not matter by which rule that was found: another
 * one may have found it in the payload than finds it in the file.
 */
export function lineKey(line: string): string {
  const whole = line.includes(MARKER) ? line.replaceAll(MARKERS, `${MARKER}]`) : line;
  const composed = MAY_BE_COMPOSED.test(whole) ? whole.normalize('NFC') : whole;
  const text = composed.replaceAll(/\s+/g, '').replaceAll(OTHER_QUOTES, "'");
  let end = text.length;
  while (end > 0 && (text[end - 1] === ',' || text[end - 1] === ';')) end -= 1;
  return text.slice(0, end);
}

/** The key of one of the lines; computed when it is first asked for, and once for each array. */
export function keyAt(lines: readonly string[], index: number): string {
  return (keysOf(lines)[index] ??= lineKey(lines[index] ?? ''));
}

/** The keys of a text as far as they are known, for whoever makes another text of the same lines. */
export function keysOf(lines: readonly string[]): (string | undefined)[] {
  let keys = KEYS.get(lines);
  if (keys === undefined) {
    keys = lines.map(() => undefined);
    KEYS.set(lines, keys);
  }
  return keys;
}

/** The keys of the lines from `start` up to but not including `end`. */
export function keysBetween(lines: readonly string[], start: number, end: number): string[] {
  return Array.from({ length: end - start }, (_, step) => keyAt(lines, start + step));
}

/** True for a key that says nothing about where it came from: fewer than four word characters, such as `}`. */
export function isTrivial(key: string): boolean {
  return !FOUR_WORD_CHARACTERS.test(key);
}

/** True for a key that closes what earlier lines opened, such as `})`, or an empty one. */
export function isClosing(key: string): boolean {
  return key === '' || CLOSING.test(key);
}

/** How much a line's reappearance proves: the length of its key, 0 for a trivial one. */
export function lineWeight(key: string): number {
  return isTrivial(key) ? 0 : key.length;
}

// --- internal ---

/** What redaction puts in the place of a secret begins with this. */
const MARKER = '[redacted:';
const MARKERS = /\[redacted:[\w-]{1,100}\]/g;

/** Claude Code writes those of the file where it was given plain ones. */
const OTHER_QUOTES = /["`\u2018\u2019\u201C\u201D]/g;

/** Below are no signs that a sign before them may take up. */
const MAY_BE_COMPOSED = /[\u0300-\uFFFF]/;

const KEYS = new WeakMap<readonly string[], (string | undefined)[]>();

const FOUR_WORD_CHARACTERS = /(?:[\p{L}\p{N}_][^\p{L}\p{N}_]*){4}/u;
const CLOSING = /^(?:[)\]}>]|end\b|fi$|done$|esac$|<\/)/;
