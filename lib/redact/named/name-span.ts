import { classOfName } from './secret-name.ts';
import type { NameClass } from './name-words.ts';

/** The name around a word, and what it names. */
export interface NameSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Undefined when the name is not one of a secret. */
  readonly nameClass: NameClass | undefined;
  /** Before this position stands no other name. */
  readonly next: number;
}

/** The name that contains the word at `at`. */
export function nameAt(text: string, at: number): NameSpan {
  let start = at;
  while (start > 0 && at - start < MOST_BEFORE && isNameUnit(text.charCodeAt(start - 1)))
    start -= 1;
  let end = at + 1;
  while (end < text.length && end - at < MOST_AFTER && isNameUnit(text.charCodeAt(end))) end += 1;
  // A script without blanks between words: the name ends where its last known word does.
  const next = end;
  while (end > at + 1 && /[.-]/.test(text.charAt(end - 1))) end -= 1;
  while (start < at && /[.-]/.test(text.charAt(start))) start += 1;
  // `-Dname=` and `-Pname=` define a property of Java or CMake.
  if (
    start < at &&
    text.charAt(start - 1) === '-' &&
    /^[DP][A-Za-z]/.test(text.slice(start, start + 2))
  ) {
    start += 1;
  }
  const nameClass = classOfName(text.slice(start, end));
  if (nameClass !== undefined) return { start, end, nameClass, next };
  const wide = UNSPACED.test(text.charAt(at))
    ? shorter(text, start, at, end)
    : spaced(text, start, end);
  return wide ?? { start, end, nameClass: undefined, next };
}

// --- internal ---

const MOST_BEFORE = 64;
const MOST_AFTER = 64;
const MOST_UNSPACED = 8;
/** Scripts that put no blanks between words. */
const UNSPACED = /[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

function isNameUnit(unit: number): boolean {
  if (unit < 128) {
    return (
      (unit >= 97 && unit <= 122) ||
      (unit >= 65 && unit <= 90) ||
      (unit >= 48 && unit <= 57) ||
      unit === 95 ||
      unit === 45 ||
      unit === 46
    );
  }
  // Not Latin-1 signs, general punctuation, CJK punctuation, or full-width signs.
  return !(
    unit < 0xc0 ||
    (unit >= 0x2000 && unit < 0x2c00) ||
    (unit >= 0x3000 && unit < 0x3040) ||
    (unit >= 0xd800 && unit < 0xf900) ||
    unit >= 0xfe00
  );
}

/** The shortest name from the word on that names a secret, where words are not set apart. */
function shorter(text: string, start: number, at: number, end: number): NameSpan | undefined {
  for (let stop = at + 1; stop <= Math.min(end, at + MOST_UNSPACED); stop += 1) {
    const nameClass = classOfName(text.slice(at, stop));
    if (nameClass !== undefined) return { start, end: stop, nameClass, next: stop };
  }
  return undefined;
}

/** A name of two words with a blank between them, such as `api key`. */
function spaced(text: string, start: number, end: number): NameSpan | undefined {
  if (text.charAt(start - 1) !== ' ' || end - start > 12) return undefined;
  let first = start - 1;
  while (first > 0 && start - first < 24 && isNameUnit(text.charCodeAt(first - 1))) first -= 1;
  if (first === start - 1) return undefined;
  const nameClass = classOfName(`${text.slice(first, start - 1)}_${text.slice(start, end)}`);
  return nameClass === undefined || nameClass === 'weak' || nameClass === 'vendor'
    ? undefined
    : { start: first, end, nameClass, next: end };
}
