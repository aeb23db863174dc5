import type { Author } from '../../../authorship/author.ts';
import type { AuthorNames } from '../../../authorship/state/author-names.ts';
import { ByteReader, pushNumber } from '../../../authorship/state/byte-reader.ts';

/** Lines of a file that may come back, by their digests, the one noted last at the end. */
export type NotedLines = ReadonlyMap<number, Author>;

/**
 * The number under which a line is kept: a digest of 28 bits. Among the 50,000 lines of a large project, one in 5,000 others
 * is taken for one of them; among 1,000, one in 270,000.
 */
export function lineDigest(key: string): number {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return low >>> 4;
}

/**
 * Writes the lines as they are stored, some three and a half bytes each: in runs of one author. `names` has the numbers of
 * all authors, and gets no more of them.
 */
export function encodeNotedLines(lines: NotedLines, names: AuthorNames): Uint8Array {
  const bytes: number[] = [];
  let run: number[] = [];
  let by: Author = null;
  const endRun = (): void => {
    if (run.length === 0) return;
    pushNumber(bytes, run.length * names.size + names.number(by));
    pushDigests(bytes, run);
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

/** Reads what {@link encodeNotedLines} wrote, with the authors by their numbers; undefined when it is damaged. */
export function decodeNotedLines(
  bytes: Uint8Array,
  authors: readonly Author[],
): Map<number, Author> | undefined {
  const lines = new Map<number, Author>();
  const reader = new ByteReader(bytes);
  while (!reader.isAtEnd && !reader.isBeyond) {
    const head = reader.number();
    const author = authors[head % authors.length] ?? null;
    for (let left = Math.floor(head / authors.length); left > 0 && !reader.isBeyond; left -= 2) {
      const [low, high] = [reader.uint32(), left === 1 ? 0 : reader.uint24()];
      lines.set(low & MAX_DIGEST, author);
      if (left > 1) lines.set((high << 4) | (low >>> 28), author);
    }
  }
  return reader.isBeyond ? undefined : lines;
}

// --- internal ---

const MAX_DIGEST = 0x0f_ff_ff_ff;

/** Two of 28 bits take seven bytes. */
function pushDigests(bytes: number[], digests: readonly number[]): void {
  for (let at = 0; at < digests.length; at += 2) {
    const [one = 0, other] = [digests[at], digests[at + 1]];
    const low = one | ((other ?? 0) << 28);
    bytes.push(low & 0xff, (low >>> 8) & 0xff, (low >>> 16) & 0xff, low >>> 24);
    if (other !== undefined) bytes.push((other >>> 4) & 0xff, (other >>> 12) & 0xff, other >>> 20);
  }
}
