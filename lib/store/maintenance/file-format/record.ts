/** A value as SQLite stores it. */
export type Value = string | number | bigint | Buffer | null;

/**
 * The values of a record; undefined when the bytes are not a sound record. Of a record that was cut off, the
 * values that are beyond the cut are undefined.
 * https://www.sqlite.org/fileformat2.html#record_format
 */
export function readRecord(bytes: Buffer, isCut: boolean): (Value | undefined)[] | undefined {
  const header = readVarint(bytes, 0);
  if (!header || header.value < 1 || header.value > bytes.length) return undefined;
  const values: (Value | undefined)[] = [];
  let at = header.next;
  let body = header.value;
  while (at < header.value) {
    const type = readVarint(bytes, at);
    if (!type || type.next > header.value) return undefined;
    at = type.next;
    const length = lengthOf(type.value);
    if (length === undefined) return undefined;
    const isThere = body + length <= bytes.length;
    if (!isThere && !isCut) return undefined;
    values.push(isThere ? readValue(bytes.subarray(body, body + length), type.value) : undefined);
    body += length;
  }
  return isCut || body === bytes.length ? values : undefined;
}

/** A number of one to eight bytes and where it ends; undefined if it is cut off or longer. */
export function readVarint(
  bytes: Buffer,
  start: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let at = start; at < start + 8; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      return Number.isSafeInteger(value) ? { value, next: at + 1 } : undefined;
    }
  }
  return undefined; // nine bytes: negative or huge, as no length, type or row id of ours is
}

// --- internal ---

/** Bytes of an integer, at the index of its type. */
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8] as const;

function lengthOf(type: number): number | undefined {
  if (type <= 6) return INTEGER_BYTES[type];
  if (type === 7) return 8;
  if (type === 8 || type === 9) return 0;
  return type < 12 ? undefined : Math.floor((type - 12) / 2);
}

function readValue(bytes: Buffer, type: number): Value {
  if (type === 0) return null;
  if (type < 6) return bytes.readIntBE(0, bytes.length);
  if (type === 6) {
    const value = bytes.readBigInt64BE();
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (type === 7) return bytes.readDoubleBE();
  if (type === 8 || type === 9) return type - 8;
  return type % 2 === 1 ? bytes.toString('utf8') : Buffer.from(bytes);
}
