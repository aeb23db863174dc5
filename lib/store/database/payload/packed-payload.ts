import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { asString, isJsonObject } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';
import { PAYLOAD_DICTIONARY } from './payload-dictionary.ts';
import type { Database } from '../sqlite.ts';

/**
 * Compresses the payload of an event for the column `events.payload`. The first byte is the number of the dictionary, the
 * rest a raw deflate stream.
 */
export function packedPayload(text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  const stream = deflateRawSync(bytes, {
    dictionary: DICTIONARY,
    level: LEVEL,
    // As much memory as the text needs: zlib takes a quarter of a megabyte for each text otherwise, and Node.js 16 KiB.
    windowBits: windowFor(DICTIONARY.length + bytes.length),
    chunkSize: Math.min(MOST_OUTPUT, Math.max(LEAST_OUTPUT, bytes.length)),
  });
  // With memory of its own: what shares Node's pool takes all of the pool to another thread.
  const packed = new Uint8Array(stream.length + 1);
  packed[0] = HEAD;
  packed.set(stream, 1);
  return packed;
}

/**
 * The JSON of a column `events.payload`, whether it is packed or, in rows of an earlier release, plain text. Null if there is
 * no payload, or if its bytes are damaged.
 */
export function payloadText(stored: unknown): string | null {
  if (typeof stored === 'string') return stored;
  if (!(stored instanceof Uint8Array) || stored[0] !== HEAD) return null;
  try {
    const options = { dictionary: DICTIONARY, maxOutputLength: MOST_BYTES };
    return inflateRawSync(stored.subarray(1), options).toString();
  } catch {
    return null;
  }
}

/**
 * Makes two SQL functions: `payload_text(payload)` is {@link payloadText}, and `payload_field(payload, 'tool_input.command')`
 * is the string of that name in its object, or null. A connection of `openDatabase` has them.
 */
export function definePayloadFunctions(database: Database): void {
  const options = { deterministic: true, directOnly: true };
  database.function('payload_text', options, payloadText);
  // Several fields of a payload are asked for one after the other.
  let last: { readonly stored: unknown; readonly object: unknown } | undefined;
  database.function('payload_field', options, (stored: unknown, name: unknown) => {
    if (!last || !isSame(stored, last.stored)) last = { stored, object: parsed(stored) };
    return asString(memberOf(last.object, String(name).split('.'))) ?? null;
  });
}

// --- internal ---

const HEAD = 1;
const DICTIONARY = Buffer.from(PAYLOAD_DICTIONARY);
/** Higher levels save 3 % and take a third longer. */
const LEVEL = 3;
/** No event has more. What is damaged may unpack to anything. */
const MOST_BYTES = 256 * 1024 * 1024;

const LEAST_OUTPUT = 64;
const MOST_OUTPUT = 16 * 1024;
/** What deflate can look back upon, as a power of two. */
const LEAST_WINDOW = 9;
const MOST_WINDOW = 15;

/** The smallest window of zlib that holds `bytes` bytes. */
function windowFor(bytes: number): number {
  return Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, Math.ceil(Math.log2(bytes))));
}

function isSame(one: unknown, other: unknown): boolean {
  if (!(one instanceof Uint8Array) || !(other instanceof Uint8Array)) return one === other;
  return Buffer.compare(one, other) === 0;
}

function memberOf(value: unknown, path: readonly string[]): Json | undefined {
  let member = value;
  for (const name of path) member = isJsonObject(member) ? member[name] : undefined;
  return member as Json | undefined;
}

function parsed(stored: unknown): unknown {
  const text = payloadText(stored);
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
