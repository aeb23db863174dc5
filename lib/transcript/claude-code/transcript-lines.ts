import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { asObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { LongRecord } from './long-record.ts';

/** How much is read at once, in bytes. */
export const CHUNK_BYTES = 1024 * 1024;
/** Of a longer line, not all is read: the largest event that is ingested has as many bytes. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** A record of a transcript that tells something, and how much of the file has been read. */
export interface TranscriptLine {
  readonly record: JsonObject;
  readonly readBytes: number;
}

/**
 * The records of a transcript that may tell of calls, prompts, answers or compaction, in their order. Whatever else stands
 * there, or cannot be parsed, such as a last line that is half written, is passed over. Nothing is kept of what
 * was read but the line in hand; of a line that has more than {@link MAX_LINE_BYTES}, what `LongRecord` keeps.
 *
 * @param onTooLong called for such a line, unless it tells nothing
 * @throws the system's error when the file cannot be read
 */
export function* transcriptLines(
  path: string,
  chunkBytes = CHUNK_BYTES,
  onTooLong: (bytes: number) => void = () => {},
): Generator<TranscriptLine> {
  const file = openSync(path, READ);
  try {
    if (!fstatSync(file).isFile()) return;
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const line = new Line(onTooLong);
    let readBytes = 0;
    for (;;) {
      const length = readSync(file, chunk, 0, chunk.length, readBytes);
      if (length === 0) break;
      let from = 0;
      for (;;) {
        const end = chunk.subarray(0, length).indexOf(NEWLINE, from);
        if (end < 0) break;
        const records = line.end(chunk.subarray(from, end));
        from = end + 1;
        for (const record of records) yield { record, readBytes: readBytes + from };
      }
      readBytes += length;
      if (from < length) line.add(chunk.subarray(from, length));
    }
    for (const record of line.end(Buffer.alloc(0))) yield { record, readBytes };
  } finally {
    closeSync(file);
  }
}

// --- internal ---

/** What lies there must neither be waited for nor followed. Windows lacks the flags. */
const READ =
  constants.O_RDONLY |
  (constants.O_NONBLOCK ?? 0) |
  (constants.O_NOCTTY ?? 0) |
  (constants.O_NOFOLLOW ?? 0);
const NEWLINE = 0x0a;

/**
 * Types of records that tell something. They are looked for in the bytes, since most of a transcript is of other types and
 * would be parsed in vain. Within a string of JSON, the quotes are escaped.
 */
const TELLING = [
  '"type":"assistant"',
  '"type":"user"',
  '"compact_boundary"',
  '"queued_command"',
  '-uuid"', // remove-by-uuid, replace-by-uuid, insert-after-uuid
];
/** A program that rewrites a transcript may put a blank after each colon; then the first colon has one too. */
const SPACED_TELLING = ['"type": "assistant"', '"type": "user"', ...TELLING];
const HEAD_BYTES = 64;
/** Requests repeat what messages tell; their type stands first. */
const REPEATING = Buffer.from('{"type":"api-request');
/** How a record begins. */
const RECORD_BEGIN = /\{"(?:parentUuid|type)":/g;
/** In how many places of one line a record is looked for; a record has a few objects that begin in the same way. */
const MAX_BEGINS = 16;

/** The line in hand, which may come in parts. */
class Line {
  readonly #onTooLong: (bytes: number) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #types: readonly string[] | undefined;
  #long: LongRecord | undefined;

  constructor(onTooLong: (bytes: number) => void) {
    this.#onTooLong = onTooLong;
  }

  /** A part that is not the last one; it is copied, since the chunk is read into again. */
  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes <= MAX_LINE_BYTES) {
      this.#parts.push(Buffer.from(part));
      return;
    }
    this.#long ??= this.#begunLong();
    this.#long.add(part);
  }

  /** The record of the line that ends with this part, if it tells something; more if ends of lines are lacking. */
  end(part: Buffer): readonly JsonObject[] {
    let line = part;
    const isTooLong = this.#bytes + part.length > MAX_LINE_BYTES;
    if (isTooLong) {
      this.add(part);
      line = this.#long?.kept() ?? part;
    } else if (this.#bytes > 0) {
      line = Buffer.concat([...this.#parts, part]);
    }
    const types = this.#typesFrom(line);
    if (isTooLong && isTelling(line, types)) this.#onTooLong(this.#bytes);
    [this.#parts, this.#bytes, this.#long] = [[], 0, undefined];
    return recordsIn(line, types);
  }

  /** What to look for: the first line tells how the file is written. */
  #typesFrom(line: Buffer): readonly string[] {
    if (this.#types === undefined && line.length > 1) {
      this.#types = line.subarray(0, HEAD_BYTES).includes('": ') ? SPACED_TELLING : TELLING;
    }
    return this.#types ?? TELLING;
  }

  #begunLong(): LongRecord {
    const long = new LongRecord(MAX_LINE_BYTES);
    for (const part of this.#parts) long.add(part);
    this.#parts = [];
    return long;
  }
}

function isTelling(line: Buffer, types: readonly string[]): boolean {
  if (line.length < 2 || line.subarray(0, REPEATING.length).equals(REPEATING)) return false;
  return types.some((type) => line.includes(type));
}

const NONE: readonly JsonObject[] = [];

function recordsIn(line: Buffer, types: readonly string[]): readonly JsonObject[] {
  if (!isTelling(line, types)) return NONE;
  const text = line.toString('utf8');
  const record = parsed(text);
  return record ? [record] : partsOf(text);
}

function parsed(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The records in a line that is none. One that was written whole may stand behind what was left of another when Claude Code
 * or the machine was stopped in the midst of writing: a part of it, zero bytes, or all of it but the end of its line.
 */
function partsOf(text: string): JsonObject[] {
  const begins = [0];
  for (const { index } of text.matchAll(RECORD_BEGIN)) {
    if (index > 0) begins.push(index);
    if (begins.length > MAX_BEGINS) break;
  }
  const records: JsonObject[] = [];
  let end = 0;
  for (const begin of begins) {
    if (begin < end) continue;
    for (const next of [...begins.filter((at) => at > begin), text.length]) {
      const record = parsed(text.slice(begin, next));
      if (!record) continue;
      records.push(record);
      end = next;
      break;
    }
  }
  return records;
}
