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
  RUN.lastIndex = 0;
  for (let match = RUN.exec(text); match !== null; match = RUN.exec(text)) {
    const [run] = match;
    const start = match.index;
    const decoded = decodeRun(run);
    if (decoded !== undefined) yield { start, end: start + run.length, text: decoded };
    RUN.lastIndex = start + run.length; // `yield` lets others use the expression
  }
}

/** True for base64 of `user:password`. */
export function isCredentials(base64: string): boolean {
  if (!/^[A-Za-z\d+/]{12,1024}={0,2}$/.test(base64)) return false;
  return /^[\x20-\x7e]{0,256}:[\x20-\x7e]{1,512}$/.test(Buffer.from(base64, 'base64').toString('latin1'));
}

// --- internal ---

const RUN = /[A-Za-z\d+/_-]{20,}={0,2}/g;
/** As many characters tell text from noise, whose chance to look like text is one in a million. */
const SAMPLE = 20;
const TEXT = /^[\t\n\r\x20-\x7e]+$/;
const LONGEST = 2 ** 17;

function decodeRun(run: string): string | undefined {
  if (/^(?:[\da-f]{2}){20,}$/i.test(run)) {
    const text = Buffer.from(run.slice(0, LONGEST), 'hex').toString('latin1');
    return TEXT.test(text.slice(0, SAMPLE)) ? text : undefined;
  }
  for (let skip = 0; skip < 4; skip += 1) {
    const sample = Buffer.from(run.slice(skip, skip + SAMPLE), 'base64').toString('latin1');
    if (TEXT.test(sample)) return Buffer.from(run.slice(skip, LONGEST), 'base64').toString('latin1');
  }
  return undefined;
}
