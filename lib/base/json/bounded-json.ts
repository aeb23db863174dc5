import { TrackerError } from '../errors.ts';
import type { Json } from '../json.ts';

/** How much JSON from outside may hold. */
export interface JsonBounds {
  /** The deepest nesting of arrays and objects, in levels. @default 100 */
  readonly maxDepth?: number;
  /** The most values, names not counted. @default 1,000,000 */
  readonly maxValues?: number;
  /** The most digits of a number in a row: reading it takes time that grows with their square. @default no bound */
  readonly maxDigits?: number;
  /** Whether comments are skipped, as in settings files. @default false */
  readonly hasComments?: boolean;
}

/** JSON that is nested too deep, holds too many values or too long a number. Code `E_JSON_BOUNDS`. */
export class JsonBoundsError extends TrackerError {
  override readonly name = 'JsonBoundsError';

  /** Where the bound is passed, in characters from the beginning. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super('E_JSON_BOUNDS', message);
    this.offset = offset;
  }
}

/**
 * Parses JSON that somebody else wrote. Deep nesting can overflow the stack of whoever walks the value, and
 * many small values fill the memory, so both are bounded before anything is built.
 *
 * @throws JsonBoundsError, or SyntaxError when the text is not JSON
 */
export function parseBoundedJson(text: string, bounds: JsonBounds = {}): Json {
  checkJsonBounds(text, bounds);
  return JSON.parse(text) as Json;
}

/**
 * Checks the bounds without parsing, in a time that grows with the length of the text only.
 *
 * @throws JsonBoundsError
 */
export function checkJsonBounds(
  text: string,
  {
    maxDepth = 100,
    maxValues = 1_000_000,
    maxDigits = Infinity,
    hasComments = false,
  }: JsonBounds = {},
): void {
  let depth = 0;
  let values = 1;
  let beforeDigits = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      if (at - beforeDigits > maxDigits) {
        throw new JsonBoundsError(`it has a number of more than ${maxDigits} digits`, at);
      }
      continue;
    }
    switch (code) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case SLASH:
        if (hasComments) at = endOfComment(text, at);
        break;
      case BRACKET:
      case BRACE:
        depth += 1;
        values += 1; // a bracket may stand before the first value within
        if (depth > maxDepth) {
          throw new JsonBoundsError(`it is nested deeper than ${maxDepth} levels`, at);
        }
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
    beforeDigits = at;
    if (values > maxValues) throw new JsonBoundsError(`it has more than ${maxValues} values`, at);
  }
}

// --- internal ---

const QUOTE = 0x22;
const SLASH = 0x2f;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const BACKSLASH = 0x5c;

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (before > start && text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end; // an even number of backslashes escapes each other
  }
  return text.length;
}

/** The last place of the comment that begins at `start`; `start` itself if none does. */
function endOfComment(text: string, start: number): number {
  const ends = { '//': '\n', '/*': '*/' }[text.slice(start, start + 2)];
  if (ends === undefined) return start;
  const end = text.indexOf(ends, start + 2);
  return end === -1 ? text.length : end + ends.length - 1;
}
