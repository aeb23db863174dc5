import { changedBlocks } from './line-diff.ts';
import type { Block } from './line-diff.ts';

/** Lines `[start, end)` of a text are replaced by others. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** What splices make of a text. */
export interface Spliced {
  readonly lines: readonly string[];
  /** Exactly where the text changed. */
  readonly blocks: readonly Block[];
  /** For each splice, the index of its first line in the new text. */
  readonly starts: readonly number[];
  /** For each splice, its blocks: the indices of the first and of the one after the last. */
  readonly parts: readonly (readonly [number, number])[];
}

/** Applies splices, which are in order and do not overlap, all of them to the same text. */
export function applySplices(old: readonly string[], splices: readonly Splice[]): Spliced {
  const lines: string[] = [];
  const blocks: Block[] = [];
  const starts: number[] = [];
  const parts: [number, number][] = [];
  let at = 0;
  for (const { start, end, lines: added } of splices) {
    for (; at < start; at += 1) lines.push(old[at] ?? '');
    starts.push(lines.length);
    const first = blocks.length;
    for (const block of blocksIn(old, start, end, added)) {
      blocks.push({
        oldStart: start + block.oldStart,
        oldEnd: start + block.oldEnd,
        newStart: lines.length + block.newStart,
        newEnd: lines.length + block.newEnd,
      });
    }
    parts.push([first, blocks.length]);
    for (const line of added) lines.push(line);
    at = end;
  }
  for (; at < old.length; at += 1) lines.push(old[at] ?? '');
  return { lines, blocks, starts, parts };
}

// --- internal ---

/** A whole text may have changed anywhere; in a part of it, what begins and ends the same is what was quoted. */
function blocksIn(
  old: readonly string[],
  start: number,
  end: number,
  added: readonly string[],
): Block[] {
  const isWhole = start === 0 && end === old.length;
  return changedBlocks(isWhole ? old : old.slice(start, end), added, isWhole);
}
