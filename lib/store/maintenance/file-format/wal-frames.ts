import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a WAL adds to its database: the last committed content of each page in it. */
export interface WalFrames {
  readonly pageSize: number;
  /** Where in the WAL file the content of each page begins. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Pages of the database after the last commit. */
  readonly pageCount: number;
}

/**
 * Reads the frames of a WAL up to its last sound commit, as SQLite does when it recovers one;
 * undefined when there are none. https://www.sqlite.org/fileformat2.html#walformat
 */
export function readWalFrames(path: string): WalFrames | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r');
  try {
    const header = readAt(file, 0, HEADER_BYTES);
    if (!header || (header.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return undefined;
    const isBigEndian = (header.readUInt32BE(0) & 1) === 1;
    const pageSize = header.readUInt32BE(8);
    const salt = header.subarray(16, 24);
    let sum = checksum(header.subarray(0, 24), [0, 0], isBigEndian);
    if (!isSum(header, 24, sum)) return undefined;

    const offsets = new Map<number, number>();
    const uncommitted = new Map<number, number>();
    let pageCount = 0;
    const frameBytes = FRAME_HEADER_BYTES + pageSize;
    const { size } = fstatSync(file);
    for (let at = HEADER_BYTES; at + frameBytes <= size; at += frameBytes) {
      const frame = readAt(file, at, frameBytes);
      if (!frame || !frame.subarray(8, 16).equals(salt)) break;
      sum = checksum(frame.subarray(0, 8), sum, isBigEndian);
      sum = checksum(frame.subarray(FRAME_HEADER_BYTES), sum, isBigEndian);
      if (!isSum(frame, 16, sum)) break;
      uncommitted.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
      const committedPages = frame.readUInt32BE(4);
      if (committedPages === 0) continue; // not the last frame of its transaction
      for (const [page, offset] of uncommitted) offsets.set(page, offset);
      uncommitted.clear();
      pageCount = committedPages;
    }
    return offsets.size === 0 ? undefined : { pageSize, offsets, pageCount };
  } finally {
    closeSync(file);
  }
}

// --- internal ---

const MAGIC = 0x377f0682;
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

type Sum = readonly [number, number];

function checksum(bytes: Buffer, [first, second]: Sum, isBigEndian: boolean): Sum {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}

function isSum(bytes: Buffer, at: number, [a, b]: Sum): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
}

function readAt(file: number, position: number, length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  return readSync(file, bytes, 0, length, position) === length ? bytes : undefined;
}
