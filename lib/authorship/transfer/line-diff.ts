import { diffArrays } from 'diff';
import { isTrivial, keyAt, keysBetween } from './line-key.ts';

/** Lines that changed: `old[oldStart, oldEnd)` became `new[newStart, newEnd)`; one side may be empty. */
export interface Block {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/**
 * The blocks in which two texts differ; the lines between them are the same but for their format (see
 * lineKey). Lines that occur once in both texts are matched first, then what lies between two of them.
 *
 * @param mayShift whether lines that were only added or removed may be other ones than those after the
 *   longest common beginning, if the result is the same
 */
export function changedBlocks(
  old: readonly string[],
  now: readonly string[],
  mayShift = true,
): Block[] {
  let start = 0;
  const shorter = Math.min(old.length, now.length);
  while (start < shorter && old[start] === now[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const oldEnd = old.length - tail;
  const newEnd = now.length - tail;
  if (start === oldEnd && start === newEnd) return [];
  const range = { oldStart: start, oldEnd, newStart: start, newEnd };
  const isOneSided = start === oldEnd || start === newEnd;
  const blocks = isOneSided ? [range] : rewritten({ old, now }, new Diff(old, now).between(range));
  return mayShift ? settled({ old, now }, blocks) : blocks;
}

// --- internal ---

/** More differences in one gap than this are not looked for: the whole gap has changed. */
const MAX_DIFFERENCES = 120;

class Diff {
  readonly #old: readonly string[];
  readonly #new: readonly string[];

  constructor(old: readonly string[], now: readonly string[]) {
    this.#old = old;
    this.#new = now;
  }

  between(range: Block): Block[] {
    const blocks: Block[] = [];
    let oldStart = range.oldStart;
    let newStart = range.newStart;
    const anchors = this.#anchors(range);
    for (const [oldEnd, newEnd] of [...anchors, [range.oldEnd, range.newEnd] as const]) {
      blocks.push(...this.#gap({ oldStart, oldEnd, newStart, newEnd }));
      oldStart = oldEnd + 1;
      newStart = newEnd + 1;
    }
    return blocks;
  }

  /** The longest series of lines that occur once on either side, in the same order on both. */
  #anchors({ oldStart, oldEnd, newStart, newEnd }: Block): (readonly [number, number])[] {
    const inOld = once(this.#old, oldStart, oldEnd);
    const inNew = once(this.#new, newStart, newEnd);
    const pairs: [number, number][] = [];
    for (const [key, at] of inNew) {
      const before = inOld.get(key);
      if (at >= 0 && before !== undefined && before >= 0 && key !== '') pairs.push([before, at]);
    }
    return increasing(pairs);
  }

  #same(old: number, now: number): boolean {
    return keyAt(this.#old, old) === keyAt(this.#new, now);
  }

  #gap({ oldStart, oldEnd, newStart, newEnd }: Block): Block[] {
    while (oldStart < oldEnd && newStart < newEnd && this.#same(oldStart, newStart)) {
      oldStart += 1;
      newStart += 1;
    }
    while (oldStart < oldEnd && newStart < newEnd && this.#same(oldEnd - 1, newEnd - 1)) {
      oldEnd -= 1;
      newEnd -= 1;
    }
    const whole = { oldStart, oldEnd, newStart, newEnd };
    if (oldStart === oldEnd && newStart === newEnd) return [];
    if (oldStart === oldEnd || newStart === newEnd) return [whole];
    const before = keysBetween(this.#old, oldStart, oldEnd);
    const after = new Set(keysBetween(this.#new, newStart, newEnd));
    if (!before.some((key) => after.has(key))) return [whole]; // written over, as most are
    const changes = diffArrays(before, keysBetween(this.#new, newStart, newEnd), {
      maxEditLength: MAX_DIFFERENCES,
    }) as ReturnType<typeof diffArrays> | undefined;
    if (changes === undefined) return [whole];
    const blocks: Block[] = [];
    let [oldAt, newAt] = [oldStart, newStart];
    for (const { added, removed, count } of changes) {
      const block = {
        oldStart: oldAt,
        oldEnd: added ? oldAt : oldAt + count,
        newStart: newAt,
        newEnd: removed ? newAt : newAt + count,
      };
      [oldAt, newAt] = [block.oldEnd, block.newEnd];
      if (!added && !removed) continue;
      const last = blocks.at(-1);
      const joins = last?.oldEnd === block.oldStart && last.newEnd === block.newStart;
      if (joins)
        blocks.splice(-1, 1, { ...block, oldStart: last.oldStart, newStart: last.newStart });
      else blocks.push(block);
    }
    return blocks;
  }
}

/** Where each key stands that occurs once in a range; -1 for those that occur more often. */
function once(lines: readonly string[], start: number, end: number): Map<string, number> {
  const places = new Map<string, number>();
  for (let at = start; at < end; at += 1) {
    const key = keyAt(lines, at);
    places.set(key, places.has(key) ? -1 : at);
  }
  return places;
}

/** The longest subsequence of pairs, ordered by their second numbers, whose first numbers increase. */
function increasing(pairs: readonly [number, number][]): [number, number][] {
  const ends: number[] = [];
  const before: number[] = [];
  for (const [index, [first]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.[0] ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = index;
  }
  const series: [number, number][] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) series.push(pair);
  }
  return series.toReversed();
}

interface Texts {
  readonly old: readonly string[];
  readonly now: readonly string[];
}

/**
 * Where lines were only added or only removed, and could as well be other ones (the second of two equal
 * ends), takes those that begin least indented: a whole function rather than the end of one and the head
 * of the next.
 */
function settled(texts: Texts, blocks: readonly Block[]): Block[] {
  const result: Block[] = [];
  for (const [index, block] of blocks.entries()) {
    // A line stays between two blocks.
    const before = result.at(-1);
    const after = blocks[index + 1];
    const up = before === undefined ? block.newStart : block.newStart - before.newEnd - 1;
    const down = after === undefined ? MAX_SLIDE : after.newStart - block.newEnd - 1;
    result.push(slid(texts, block, Math.min(up, MAX_SLIDE), Math.min(down, MAX_SLIDE)));
  }
  return result;
}

function slid({ old, now }: Texts, block: Block, mostUp: number, mostDown: number): Block {
  const added = block.oldStart === block.oldEnd;
  if (!added && block.newStart !== block.newEnd) return block;
  const lines = added ? now : old;
  const start = added ? block.newStart : block.oldStart;
  const end = added ? block.newEnd : block.oldEnd;
  let [up, down] = [0, 0];
  while (up < mostUp && start > up && lines[start - up - 1] === lines[end - up - 1]) up += 1;
  while (
    down < mostDown &&
    end + down < lines.length &&
    lines[start + down] === lines[end + down]
  ) {
    down += 1;
  }
  let best = 0;
  let cost = Number.POSITIVE_INFINITY;
  for (let by = -up; by <= down; by += 1) {
    const price = startCost(lines, start + by);
    if (price < cost) [best, cost] = [by, price];
  }
  return {
    oldStart: block.oldStart + best,
    oldEnd: block.oldEnd + best,
    newStart: block.newStart + best,
    newEnd: block.newEnd + best,
  };
}

const MAX_SLIDE = 100;

/**
 * Joins blocks that only trivial lines part, if what they hold was written over: the bracket between two
 * lines that are new is as new as they are. Where lines were merely changed, it stays.
 */
function rewritten({ old, now }: Texts, blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    const between = last && { start: last.newEnd, end: block.newStart };
    const isParted =
      last === undefined ||
      between === undefined ||
      between.end - between.start > MAX_BETWEEN ||
      block.newEnd - last.newStart > MAX_JOINED ||
      !keysBetween(now, between.start, between.end).every(isTrivial);
    if (isParted || isReworded({ old, now }, [last, block])) joined.push(block);
    else joined.splice(-1, 1, { ...block, oldStart: last.oldStart, newStart: last.newStart });
  }
  return joined;
}

/** Lines that may part two blocks, and that the blocks may have together. */
const MAX_BETWEEN = 3;
const MAX_JOINED = 200;
const REWORDED = 0.4;

/** True if the lines of blocks, old and new, have many words in common, or if either side says nothing. */
function isReworded({ old, now }: Texts, blocks: readonly Block[]): boolean {
  const before = blocks.flatMap(({ oldStart, oldEnd }) => wordsIn(old, oldStart, oldEnd));
  const after = blocks.flatMap(({ newStart, newEnd }) => wordsIn(now, newStart, newEnd));
  if (before.length === 0 || after.length === 0) return true;
  const known = new Set(before);
  const common = after.filter((word) => known.has(word)).length;
  return common >= Math.max(before.length, after.length) * REWORDED;
}

function wordsIn(lines: readonly string[], start: number, end: number): string[] {
  return (
    lines
      .slice(start, end)
      .join('\n')
      .match(/[\p{L}\p{N}_]{2,}/gu) ?? []
  );
}

/** How unlikely a passage begins at a line: indented ones, closing ones and blank ones are unlikely. */
function startCost(lines: readonly string[], at: number): number {
  const line = lines[at] ?? '';
  if (line.trim() === '') return 50;
  const afterBlank = (lines[at - 1] ?? '').trim() === '';
  const indent = line.search(/\S/);
  return indent * 2 + (/^\s*[)\]}]/.test(line) ? 40 : 0) - (afterBlank ? 1 : 0);
}
