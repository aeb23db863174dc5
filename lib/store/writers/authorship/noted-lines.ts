import type { Author } from '../../../authorship/author.ts';

/** Lines of a file that may come back, by their digests, the one noted last at the end. */
export type NotedLines = ReadonlyMap<number, Author>;

/** The number under which a line is kept: 40 bits of a digest, so that one in 20 million is taken for another. */
export function lineDigest(key: string): number {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (high & 0xff) * 2 ** 32 + (low >>> 0);
}

/** Writes the lines as they are stored: the authors, then each line in seven bytes, mostly six. */
export function encodeNotedLines(lines: NotedLines): Uint8Array {
  const numbers = new Map<string, number>();
  const bytes: number[] = [];
  for (const author of lines.values()) {
    if (author === null || numbers.has(author)) continue;
    numbers.set(author, numbers.size + 1);
  }
  pushNumber(bytes, numbers.size);
  for (const author of numbers.keys()) pushAuthor(bytes, author);
  for (const [digest, author] of lines) {
    let rest = digest;
    for (let byte = 0; byte < DIGEST_BYTES; byte += 1) {
      bytes.push(rest % 256);
      rest = Math.floor(rest / 256);
    }
    pushNumber(bytes, author === null ? 0 : (numbers.get(author) ?? 0));
  }
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
    const digest = reader.digest();
    const author = authors[reader.number()];
    if (author === undefined) return undefined;
    lines.set(digest, author);
  }
  return reader.isBeyond ? undefined : lines;
}

// --- internal ---

const DIGEST_BYTES = 5;

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
      this.#at + DIGEST_BYTES > this.#bytes.length
        ? 0
        : this.#bytes.readUIntLE(this.#at, DIGEST_BYTES);
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
