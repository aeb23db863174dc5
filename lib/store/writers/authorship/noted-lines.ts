import type { Author } from '../../../authorship/author.ts';

/** Lines of a file that may come back, by their digests, the one noted last at the end. */
export type NotedLines = ReadonlyMap<number, Author>;

/**
 * The number under which a line is kept: a digest of 32 bits, which V8 keeps without an object. Among the 50,000 lines of a
 * large project, one in 85,000 others is taken for one of them.
 */
export function lineDigest(key: string): number {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  return Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
}

/** Writes the lines as they are stored, little more than four bytes each: the authors, then each author's next lines. */
export function encodeNotedLines(lines: NotedLines): Uint8Array {
  const numbers = new Map<Author, number>([[null, 0]]);
  for (const author of lines.values()) {
    if (!numbers.has(author)) numbers.set(author, numbers.size);
  }
  const bytes: number[] = [];
  pushNumber(bytes, numbers.size - 1);
  for (const author of numbers.keys()) if (author !== null) pushAuthor(bytes, author);
  let run: number[] = [];
  let by: Author = null;
  const endRun = (): void => {
    if (run.length === 0) return;
    pushNumber(bytes, numbers.get(by) ?? 0);
    pushNumber(bytes, run.length);
    for (const digest of run)
      bytes.push(digest & 0xff, (digest >>> 8) & 0xff, (digest >>> 16) & 0xff, digest >>> 24);
    run = [];
  };
  for (const [digest, author] of lines) {
    if (author !== by) endRun();
    by = author;
    run.push(digest);
  }
  endRun();
  return Uint8Array.from(bytes);
}

/** Reads what {@link encodeNotedLines} wrote; undefined when it is damaged. */
export function decodeNotedLines(bytes: Uint8Array): Map<number, Author> | undefined {
  const lines = new Map<number, Author>();
  if (bytes.length === 0) return lines;
  const reader = new Reader(bytes);
  const authors: Author[] = [null];
  for (let left = reader.number(); left > 0 && !reader.isBeyond; left -= 1) {
    authors.push(reader.author());
  }
  while (!reader.isAtEnd && !reader.isBeyond) {
    const author = authors[reader.number()];
    if (author === undefined) return undefined;
    for (let left = reader.number(); left > 0 && !reader.isBeyond; left -= 1) {
      lines.set(reader.digest(), author);
    }
  }
  return reader.isBeyond ? undefined : lines;
}

// --- internal ---

const DIGEST_BYTES = 4;

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function pushNumber(bytes: number[], number: number): void {
  let rest = number;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
}

/** The id of an event is 32 hex digits, which are 16 bytes; another one is written as text. */
function pushAuthor(bytes: number[], author: string): void {
  const match = COURIERS.exec(author);
  if (match) {
    pushNumber(bytes, 0);
    for (const byte of Buffer.from(match[1] ?? '', 'hex')) bytes.push(byte);
    pushNumber(bytes, Number(match[2]));
    return;
  }
  const text = Buffer.from(author);
  pushNumber(bytes, text.length);
  for (const byte of text) bytes.push(byte);
}

const COURIERS = /^([0-9a-f]{32})-(0|[1-9]\d{0,5})$/;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, length);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  get isBeyond(): boolean {
    return this.#at > this.#bytes.length;
  }

  number(): number {
    let [number, factor] = [0, 1];
    for (;;) {
      const byte = this.#bytes[this.#at++] ?? 0;
      number += (byte & 0x7f) * factor;
      if (byte < 0x80) return number;
      factor *= 0x80;
    }
  }

  digest(): number {
    const digest =
      this.#at + DIGEST_BYTES > this.#bytes.length ? 0 : this.#bytes.readInt32LE(this.#at);
    this.#at += DIGEST_BYTES;
    return digest;
  }

  author(): string {
    const length = this.number();
    if (length > 0) return this.#take(length).toString();
    const event = this.#take(16).toString('hex');
    return `${event}-${this.number()}`;
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
