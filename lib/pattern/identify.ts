import { hexDigest } from '../base/digest.ts';

/** What a pattern's id is computed from: its code, or, as in an older tracker, path and first characters. */
export type PatternIdOptions =
  | { readonly scheme: 'sha16-code' }
  | { readonly scheme: 'path200'; readonly filePath: string };

/**
 * The id of a pattern: 16 hex digits of a SHA-256.
 *
 * `sha16-code` hashes the trimmed code, so that code keeps its id wherever it moves. `path200` hashes the
 * path and the first 200 code points of the untrimmed code.
 */
export function patternId(code: string, options: PatternIdOptions): string {
  return options.scheme === 'sha16-code'
    ? hexDigest(trimCode(code), ID_LENGTH)
    : hexDigest(`${options.filePath}:${firstCodePoints(code, 200)}`, ID_LENGTH);
}

/** True for what {@link patternId} can return. */
export function isPatternId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/**
 * `code` without white space at its ends, as Python's `str.strip()` defines it, because other trackers
 * compute their ids that way: U+001C to U+001F and U+0085 are white space, U+FEFF is not.
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

/** Slicing by UTF-16 units could cut a surrogate pair in two and give other ids than other trackers do. */
function firstCodePoints(text: string, count: number): string {
  let end = 0;
  for (let n = 0; n < count && end < text.length; n += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
