/** A text without one layer of its encoding, and where each of its units stood. */
export interface DecodedText {
  readonly text: string;
  /** Where in the encoded text the unit at a position begins; one more entry for its end. */
  readonly origin: Uint32Array;
}

/** True for a text that {@link decode} may change. */
export function isEncoded(text: string): boolean {
  return ENCODED.test(text);
}

/**
 * Takes one layer of escaping off: backslashes, `%XX`, HTML entities, the colours of a terminal, the
 * zeros of UTF-16, and what joins two string literals. What remains is where rules look as well. Undefined
 * when nothing was encoded.
 */
export function decode(encoded: string): DecodedText | undefined {
  const units: number[] = [];
  const origin = new Uint32Array(encoded.length + 1);
  let changed = false;
  let text = '';
  let length = 0;
  let at = 0;
  const put = (unit: number, width: number) => {
    origin[length] = at;
    length += 1;
    units.push(unit);
    if (units.length === CHUNK) {
      text += String.fromCharCode(...units);
      units.length = 0;
    }
    at += width;
  };
  while (at < encoded.length) {
    const unit = encoded.charCodeAt(at);
    const step = SPECIAL[unit] === 1 ? stepAt(encoded, at, unit) : undefined;
    if (step === undefined) put(unit, 1);
    else {
      changed = true;
      if (step.unit === undefined) at += step.width;
      else put(step.unit, step.width);
    }
  }
  if (!changed) return undefined;
  text += String.fromCharCode(...units);
  origin[length] = encoded.length;
  return { text, origin: origin.subarray(0, length + 1) };
}

// --- internal ---

const CHUNK = 4_096;
const ENCODED = /[\\\0\u001b]|%[\da-fA-F]{2}|&(?:[a-z]{2,4}|#x?[\da-fA-F]{1,4});|["'`]\s{0,4}(?:[+.&]|\|\||\.\.)?\s{0,4}["'`]|=\r?\n/;
const SPECIAL = new Uint8Array(2 ** 16);
for (const char of '\\%&\u001b\0"\'`=') SPECIAL[char.charCodeAt(0)] = 1;

interface Step {
  /** How many units of the encoded text it takes. */
  readonly width: number;
  /** What they stand for; undefined for nothing. */
  readonly unit?: number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0', e: '\u001b' };
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'", nbsp: ' ' };
const COLOUR = /\u001b(?:\[[\d;?]{0,16}[A-Za-z]|\][^\u0007\u001b]{0,64}\u0007|\(B)/y;
const HEX = /[\da-fA-F]{2}/y;
const ENTITY = /&(?:([a-z]{2,4})|#(\d{1,5})|#x([\da-fA-F]{1,4}));/y;
const UNICODE = /\\(?:u([\da-fA-F]{4})|u\{([\da-fA-F]{1,4})\}|x([\da-fA-F]{2})|033|([0-3][0-7]{2}))/y;
/** A quote, what joins two literals in some language, and a quote of the same kind. */
const JOINT = /(["'`])[ \t]{0,8}(?:(?:\+|\.{1,2}|&|\|\||<>|\+\+|~)?(?:[ \t]{0,8}\\?\r?\n[ \t+>|]{0,64})?(?:\+|\.{1,2}|&|\|\||<>|\+\+|~)?)[ \t]{0,8}[bruf@]?\1(?=[\w+/=.-])/y;

function stepAt(text: string, at: number, unit: number): Step | undefined {
  switch (unit) {
    case 92: // backslash
      return escapeAt(text, at);
    case 37: // percent
      HEX.lastIndex = at + 1;
      return HEX.test(text) ? { width: 3, unit: Number.parseInt(text.slice(at + 1, at + 3), 16) } : undefined;
    case 38: // ampersand
      return entityAt(text, at);
    case 27: // escape
      COLOUR.lastIndex = at;
      return { width: COLOUR.exec(text)?.[0].length ?? 1 };
    case 0:
      return { width: 1 };
    case 61: // a soft line break of quoted-printable
      if (text.startsWith('\n', at + 1)) return { width: 2 };
      return text.startsWith('\r\n', at + 1) ? { width: 3 } : undefined;
    default:
      return jointAt(text, at);
  }
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
