/**
 * What is kept of a record that is too long to be held: all of it but its long texts, in the place of which stands `null`.
 * So the call is known that it tells of, and nothing is taken for what was written that was only a part of it.
 */
export class LongRecord {
  readonly #maxBytes: number;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  /** The text that is open, from its first quote; undefined between texts. */
  #text: { parts: Buffer[]; bytes: number } | undefined;
  /** True if a backslash was the last byte. */
  #isEscaped = false;

  /** @param maxBytes more is not kept */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The next bytes of the record, which may be cut anywhere. They are not referred to later. */
  add(part: Buffer): void {
    let from = 0;
    while (from < part.length) {
      if (this.#text === undefined) {
        const quote = part.indexOf(QUOTE, from);
        const end = quote < 0 ? part.length : quote;
        this.#keep(part.subarray(from, end));
        if (quote >= 0) this.#text = { parts: [], bytes: 0 };
        // The quote itself is looked past, and put back with the text.
        from = quote < 0 ? end : quote + 1;
      } else {
        from = this.#addText(part, from);
      }
    }
  }

  /** The record without its long texts. If it is too long without them, or ends within a text, it cannot be parsed. */
  kept(): Buffer {
    return Buffer.concat(this.#kept);
  }

  /** Takes what belongs to the open text; returns where it ends. */
  #addText(part: Buffer, from: number): number {
    const text = this.#text ?? { parts: [], bytes: 0 };
    let end = from;
    let isOver = false;
    while (end < part.length && !isOver) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
      } else if (part[end] === BACKSLASH) {
        this.#isEscaped = true;
      } else {
        isOver = part[end] === QUOTE;
      }
      end += 1;
    }
    text.bytes += end - from;
    if (text.bytes <= MAX_TEXT_BYTES) text.parts.push(Buffer.from(part.subarray(from, end)));
    else text.parts = [];
    if (isOver) {
      this.#text = undefined;
      if (text.bytes > MAX_TEXT_BYTES) this.#keep(NULL);
      else this.#keep(Buffer.concat([QUOTE_BYTES, ...text.parts]));
    }
    return end;
  }

  #keep(bytes: Buffer): void {
    this.#keptBytes += bytes.length; // once it is too much, it stays so
    if (this.#keptBytes <= this.#maxBytes) this.#kept.push(Buffer.from(bytes));
  }
}

// --- internal ---

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const QUOTE_BYTES = Buffer.from('"');
const NULL = Buffer.from('null');
/** A longer text is left out, in bytes as they stand in the record. */
const MAX_TEXT_BYTES = 1024 * 1024;
