/** A run of base64 or of hex digits that stands for a text. */
export interface EncodedRun {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** What it stands for. */
  readonly text: string;
}

/** The runs of base64 or hex in a text that stand for readable text, at whichever of four places the first group begins. */
export function* encodedRuns(text: string): Generator<EncodedRun> {
  let start = 0;
  for (;;) {
    // A run is at least so long that looking at its last unit first passes over most of a text.
    const last = start + SHORTEST_RUN - 1;
    if (last >= text.length) return;
    let at = last;
    while (at >= start && IN_RUN[text.charCodeAt(at)] === 1) at -= 1;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    let end = last + 1;
    while (end < text.length && IN_RUN[text.charCodeAt(end)] === 1) end += 1;
    const decoded = decodeRun(text.slice(start, end));
    while (text.charAt(end) === '=') end += 1;
    if (decoded !== undefined) yield { start, end, text: decoded };
    start = end + 1;
  }
}

/** True for base64 of `user:password`. */
export function isCredentials(base64: string): boolean {
  if (!/^[A-Za-z\d+/]{12,1024}={0,2}$/.test(base64)) return false;
  return /^[\x20-\x7e]{0,256}:[\x20-\x7e]{1,512}$/.test(
    Buffer.from(base64, 'base64').toString('latin1'),
  );
}

// --- internal ---

const SHORTEST_RUN = 20;
const IN_RUN = new Uint8Array(2 ** 16);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-') {
  IN_RUN[char.charCodeAt(0)] = 1;
}
/** As many characters tell text from noise, whose chance to look like text is one in a million. */
const SAMPLE = 20;
const TEXT = /^[\t\n\r\x20-\x7e]+$/;
const LONGEST = 2 ** 17;

/** What each sign of base64 stands for, in either alphabet. */
const SIX_BITS = new Uint8Array(2 ** 16);
for (const alphabet of ['+/', '-_']) {
  const signs = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`;
  for (const [value, sign] of signs.split('').entries()) SIX_BITS[sign.charCodeAt(0)] = value;
}
const IS_HEX = new Uint8Array(2 ** 16);
for (const digit of '0123456789abcdefABCDEF') IS_HEX[digit.charCodeAt(0)] = 1;
const IS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  TEXT.test(String.fromCharCode(byte)) ? 1 : 0,
);

function decodeRun(run: string): string | undefined {
  if (isHex(run)) {
    const text = Buffer.from(run.slice(0, LONGEST), 'hex').toString('latin1');
    return TEXT.test(text.slice(0, SAMPLE)) ? text : undefined;
  }
  for (let skip = 0; skip < 4; skip += 1) {
    if (isTextAt(run, skip))
      return Buffer.from(run.slice(skip, LONGEST), 'base64').toString('latin1');
  }
  return undefined;
}

/** True for at least 20 bytes in hex. A regular expression would need more stack for a run of megabytes than there is. */
function isHex(run: string): boolean {
  if (run.length < 2 * SAMPLE || run.length % 2 === 1) return false;
  for (let at = 0; at < run.length; at += 1) {
    if (IS_HEX[run.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

/** True if the base64 from `skip` on stands for text at first. Mostly the first or second byte tells that it does not. */
function isTextAt(run: string, skip: number): boolean {
  let bits = 0;
  let held = 0;
  for (let at = skip; at < Math.min(skip + SAMPLE, run.length); at += 1) {
    bits = ((bits << 6) | (SIX_BITS[run.charCodeAt(at)] as number)) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (IS_TEXT[(bits >> held) & 0xff] !== 1) return false;
  }
  return true;
}
