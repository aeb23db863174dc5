import { hexDigest } from '../base/digest.ts';

/** How a pattern gets its id: by its code alone, or, as an older tracker did, by path and first characters. */
export type PatternIdOptions =
  | { readonly scheme: 'sha16-code' }
  | { readonly scheme: 'path200'; readonly filePath: string };

/**
 * The id of a piece of code: 16 hex digits.
 *
 * `sha16-code` is over the trimmed code, so that it moves with the code; `path200` is over the path and
 * the first 200 code points of the code as it stands.
 */
export function patternId(code: string, options: PatternIdOptions): string {
  return options.scheme === 'sha16-code'
    ? hexDigest(trimCode(code), ID_LENGTH)
    : hexDigest(`${options.filePath}:${firstCodePoints(code, 200)}`, ID_LENGTH);
}

/** True for what `patternId` can return. */
export function isPatternId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/**
 * `code` without white space at its ends, as Python's `str.strip()` sees white space: the separators
 * U+001C to U+001F and U+0085 are, U+FEFF is not. The ids of other trackers are made that way.
 */
export function trimCode(code: string): string {
  let start = 0;
  let end = code.length;
  while (start < end && isSpace(code.charCodeAt(start))) start += 1;
  while (end > start && isSpace(code.charCodeAt(end - 1))) end -= 1;
  return code.slice(start, end);
}

// --- internal ---

const ID_LENGTH = 16;

function isSpace(code: number): boolean {
  if (code < 0x80)
    return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Slicing by UTF-16 units would cut an astral character in two, and differ from the other trackers. */
function firstCodePoints(text: string, count: number): string {
  let end = 0;
  for (let n = 0; n < count && end < text.length; n += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
