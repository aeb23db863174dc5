import { endAt, matchAt } from './sticky.ts';

/** A text without one layer of its encoding, and where each of its units stood. */
export interface DecodedText {
  readonly text: string;
  /** Where in the encoded text the unit at a position begins; one more entry for its end. */
  readonly origin: Uint32Array;
}

/**
 * Takes one layer of escaping off: backslashes, `%XX`, HTML entities, the colours of a terminal, the
 * zeros of UTF-16, and what joins two string literals. Gives the lines where something was encoded, which
 * is where rules have to look again; undefined when there are none.
 */
export function decode(encoded: string): DecodedText | undefined {
  if (!MAY_BE_ENCODED.test(encoded)) return undefined;
  ENCODED.lastIndex = 0;
  let place = ENCODED.exec(encoded);
  if (place === null) return undefined;
  const units = new Uint16Array(encoded.length + 1);
  const origin = new Uint32Array(encoded.length + 2);
  let length = 0;
  let changed = false;
  let end = 0;
  let run = 0;
  let isForm = false;
  while (place !== null) {
    const start = Math.max(end, lineStart(encoded, place.index));
    if (start > end && length > 0) {
      units[length] = 10; // lines that were not next to each other
      origin[length] = end;
      length += 1;
    }
    end = lineEnd(encoded, place.index);
    for (let at = start; at < end;) {
      let unit = encoded.charCodeAt(at);
      if (at >= run) {
        run = endAt(RUN, encoded, at) ?? at;
        isForm = isFormed(encoded.slice(at, run));
      }
      if (isForm && unit === 43) unit = 32;
      const step = SPECIAL[unit] === 1 ? stepAt(encoded, at, unit) : undefined;
      if (step?.unit !== undefined || step === undefined) {
        units[length] = step?.unit ?? unit;
        origin[length] = at;
        length += 1;
      }
      if (step !== undefined) changed = true;
      at += step?.width ?? 1;
      if (at > end) end = Math.max(end, lineEnd(encoded, at)); // a step may take a line break
    }
    if (end >= encoded.length) break;
    ENCODED.lastIndex = end;
    place = ENCODED.exec(encoded);
  }
  if (!changed) return undefined;
  origin[length] = end;
  const text = Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
  return { text, origin: origin.subarray(0, length + 1) };
}

// --- internal ---

/** Looked for first, because most texts hold none of it. */
// oxlint-disable-next-line no-control-regex -- they are looked for
const MAY_BE_ENCODED = /[\0\u001b\\%&]|["'`][ \t+.&~|<\r\n]{1,64}["'`]/;
/** Control characters are what colours a terminal, and what UTF-16 leaves between letters. */
const ENCODED =
  // oxlint-disable-next-line no-control-regex -- they are looked for
  /[\0\u001b]|\\[^.*+?()[\]{}|^$\-sdwSDWB]|%[\da-fA-F]{2}|&(?:[a-z]{2,4}|#x?[\da-fA-F]{1,4});|[\w+/=.-]["'`][ \t]{0,8}(?:[+.&~\\<|][ \t.|>+&]{0,8}(?:\r?\n[ \t+>|]{0,64})?|(?:\r?\n[ \t+>|.&]{0,64}))["'`]|[\w+/=.-]["'`][ \t]{1,8}["'`][\w+/=.-]/g;
/** A form, or what stands around it. */
const RUN = /[^\s"]+|[\s"]+/y;
const SPECIAL = new Uint8Array(2 ** 16);
for (const char of '\\%&\u001b\0"\'`') SPECIAL[char.charCodeAt(0)] = 1;
/** A longer line is decoded this far around a place. */
const BEFORE_PLACE = 1_000;
const AFTER_PLACE = 4_000;

/** True for a form, in which `+` stands for a blank, because no blank does. */
function isFormed(run: string): boolean {
  return run.includes('+') && /%[\da-f]{2}/i.test(run);
}

function lineStart(text: string, at: number): number {
  const from = Math.max(0, at - BEFORE_PLACE);
  return from + text.slice(from, at).lastIndexOf('\n') + 1;
}

function lineEnd(text: string, at: number): number {
  const newline = text.slice(at, at + AFTER_PLACE).indexOf('\n');
  return newline === -1 ? Math.min(at + AFTER_PLACE, text.length) : at + newline + 1;
}

interface Step {
  /** How many units of the encoded text it takes. */
  readonly width: number;
  /** What they stand for; undefined for nothing. */
  readonly unit?: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '0': '\0',
  e: '\u001b',
};
const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  nbsp: ' ',
};
// oxlint-disable-next-line no-control-regex -- they are looked for
const COLOUR = /\u001b(?:\[[\d;?]{0,16}[A-Za-z]|\][^\u0007\u001b]{0,64}\u0007|\(B)/y;
/** A byte, or the bytes of one unit in UTF-8. */
const PERCENT = /%(?:[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|[\da-f]{2})/iy;
const ENTITY = /&(?:([a-z]{2,4})|#(\d{1,5})|#x([\da-fA-F]{1,4}));/y;
const UNICODE =
  /\\(?:u([\da-fA-F]{4})|u\{([\da-fA-F]{1,4})\}|x([\da-fA-F]{2})|033|([0-3][0-7]{2}))/y;
/** A quote, what joins two literals in some language, and a quote of the same kind. */
const JOINT =
  /(["'`])[ \t]{0,8}(?:(?:\+|\.{1,2}|&|\|\||<>|\+\+|~)?(?:[ \t]{0,8}\\?\r?\n[ \t+>|]{0,64})?(?:\+|\.{1,2}|&|\|\||<>|\+\+|~)?)[ \t]{0,8}[bruf@]?\1(?=[\w+/=.-])/y;

function stepAt(text: string, at: number, unit: number): Step | undefined {
  switch (unit) {
    case 92: // backslash
      return escapeAt(text, at);
    case 37: // percent
      return percentAt(text, at);
    case 38: // ampersand
      return entityAt(text, at);
    case 27: // escape
      COLOUR.lastIndex = at;
      return { width: COLOUR.exec(text)?.[0].length ?? 1 };
    case 0:
      return { width: 1 };
    default:
      return jointAt(text, at);
  }
}

function percentAt(text: string, at: number): Step | undefined {
  const percent = matchAt(PERCENT, text, at)?.[0];
  if (percent === undefined) return undefined;
  const bytes = Buffer.from(percent.replaceAll('%', ''), 'hex');
  const unit = bytes.length === 1 ? bytes[0] : bytes.toString('utf8').charCodeAt(0);
  return unit === undefined ? undefined : { width: percent.length, unit };
}

function escapeAt(text: string, at: number): Step | undefined {
  const next = text.charAt(at + 1);
  if (next === '') return undefined;
  if (next === 'u' || next === 'x' || (next >= '0' && next <= '3')) {
    UNICODE.lastIndex = at;
    const match = UNICODE.exec(text);
    if (match !== null) {
      const [whole, four, braced, two, octal] = match;
      const hex = four ?? braced ?? two;
      const unit = hex === undefined ? Number.parseInt(octal ?? '33', 8) : Number.parseInt(hex, 16);
      return { width: whole.length, unit };
    }
  }
  if (next === '\n') return { width: 2 }; // a line goes on
  if (/[a-zA-Z\d]/.test(next) && ESCAPES[next] === undefined) return undefined;
  return { width: 2, unit: (ESCAPES[next] ?? next).charCodeAt(0) };
}

function entityAt(text: string, at: number): Step | undefined {
  ENTITY.lastIndex = at;
  const match = ENTITY.exec(text);
  if (match === null) return undefined;
  const [whole, name, decimal, hex] = match;
  const unit =
    name === undefined
      ? Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10)
      : ENTITIES[name]?.charCodeAt(0);
  return unit === undefined ? undefined : { width: whole.length, unit };
}

/** `"ab" + "cd"` becomes `"abcd"`, if the first literal ends in the middle of a token. */
function jointAt(text: string, at: number): Step | undefined {
  if (!/[\w+/=.-]/.test(text.charAt(at - 1))) return undefined;
  JOINT.lastIndex = at;
  const match = JOINT.exec(text);
  if (match === null || match[0].length === 2) return undefined;
  return { width: match[0].length };
}
