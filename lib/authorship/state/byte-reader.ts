/** Appends a whole number that is not negative: seven bits a byte, the lowest first; the highest bit says that more follow. */
export function pushNumber(bytes: number[], number: number): void {
  let rest = number;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
}

/** Appends a whole number of either sign. */
export function pushSigned(bytes: number[], number: number): void {
  pushNumber(bytes, number < 0 ? -2 * number - 1 : 2 * number);
}

/** Reads bytes in their order. What is beyond their end reads as zeros; whoever reads asks {@link isBeyond} then. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, length);
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** True if more was read than there is, or a number that nobody has written. */
  get isBeyond(): boolean {
    return this.#at > this.#bytes.length;
  }

  /** What {@link pushNumber} wrote. */
  number(): number {
    let [number, factor] = [0, 1];
    for (;;) {
      const byte = this.#bytes[this.#at++] ?? 0;
      number += (byte & 0x7f) * factor;
      if (number > Number.MAX_SAFE_INTEGER) return this.#fail();
      if (byte < 0x80) return number;
      factor *= 0x80;
      if (factor > Number.MAX_SAFE_INTEGER) return this.#fail();
    }
  }

  /** What {@link pushSigned} wrote. */
  signed(): number {
    const number = this.number();
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  }

  /** 32 bits, the lowest first. */
  uint32(): number {
    return this.#integer(4);
  }

  /** 24 bits, the lowest first. */
  uint24(): number {
    return this.#integer(3);
  }

  take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  /** The bytes that have not been read. */
  rest(): Buffer {
    return this.take(Math.max(0, this.#bytes.length - this.#at));
  }

  #integer(bytes: number): number {
    const isThere = this.#at + bytes <= this.#bytes.length;
    const number = isThere ? this.#bytes.readUIntLE(this.#at, bytes) : 0;
    this.#at += bytes;
    return number;
  }

  #fail(): number {
    this.#at = this.#bytes.length + 1;
    return 0;
  }
}
