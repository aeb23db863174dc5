import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { asObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';

/** How much is read at once, in bytes. */
export const CHUNK_BYTES = 1024 * 1024;
/** A longer line is passed over: the largest event that is ingested has as many bytes. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** A record of a transcript that tells something, and how much of the file has been read. */
export interface TranscriptLine {
  readonly record: JsonObject;
  readonly readBytes: number;
}

/**
 * The records of a transcript that may tell of calls, prompts, answers or compaction, in their order. Whatever else stands
 * there, or cannot be parsed, such as a last line that is half written, is passed over. Nothing is kept of what
 * was read but the line in hand.
 *
 * @param onTooLong called for a line that is passed over because it has more than {@link MAX_LINE_BYTES}
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
    let begun: Buffer[] = [];
    let begunBytes = 0;
    let readBytes = 0;
    for (;;) {
      const length = readSync(file, chunk, 0, chunk.length, readBytes);
      if (length === 0) break;
      let from = 0;
      for (;;) {
        const end = chunk.subarray(0, length).indexOf(NEWLINE, from);
        if (end < 0) break;
        const part = chunk.subarray(from, end);
        from = end + 1;
        const lineBytes = begunBytes + part.length;
        const isTooLong = lineBytes > MAX_LINE_BYTES;
        const line = begunBytes === 0 ? part : Buffer.concat([...begun, part]);
        if (isTooLong && !repeats(line)) onTooLong(lineBytes);
        const record = isTooLong ? undefined : recordIn(line);
        if (begunBytes > 0) [begun, begunBytes] = [[], 0];
        if (record) yield { record, readBytes: readBytes + from };
      }
      readBytes += length;
      if (from === length) continue;
      begunBytes += length - from;
      // Copied, since the chunk is read into again; of a line that is too long, only its length and its type are kept.
      if (begunBytes > MAX_LINE_BYTES) begun = begun.slice(0, 1);
      else begun.push(Buffer.from(chunk.subarray(from, length)));
    }
    const line = Buffer.concat(begun);
    if (begunBytes > MAX_LINE_BYTES && !repeats(line)) onTooLong(begunBytes);
    const record = begunBytes > MAX_LINE_BYTES ? undefined : recordIn(line);
    if (record) yield { record, readBytes };
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
/** Requests repeat what messages tell; their type stands first. */
const REPEATING = Buffer.from('{"type":"api-request');

function repeats(line: Buffer): boolean {
  return line.subarray(0, REPEATING.length).equals(REPEATING);
}

function recordIn(line: Buffer): JsonObject | undefined {
  if (line.length < 2 || repeats(line)) return undefined;
  if (!TELLING.some((type) => line.includes(type))) return undefined;
  try {
    return asObject(JSON.parse(line.toString('utf8')));
  } catch {
    return undefined;
  }
}
