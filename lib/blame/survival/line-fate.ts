import { NOT_CLAUDE } from '../../authorship/author.ts';
import type { Author, AuthoredText } from '../../authorship/author.ts';
import { isSameText, REMOVED } from '../../authorship/state/file-history.ts';
import { changedBlocks } from '../../authorship/transfer/line-diff.ts';

/** What became of lines, in numbers of lines. */
export interface LineFate {
  /** Those that are on disk, wherever they stand now. */
  stands: number;
  /** Those that another call of Claude's replaced. */
  byClaude: number;
  /** Those that somebody else replaced. */
  byOthers: number;
  /** Those that went, and nothing took their place. */
  gone: number;
}

/** A text that a file had, and who made it: `others` for one that was found so. */
export interface FileStep {
  readonly text: AuthoredText;
  readonly by: 'claude' | 'others';
}

/** Nothing. */
export function noLines(): LineFate {
  return { stands: 0, byClaude: 0, byOthers: 0, gone: 0 };
}

/**
 * Follows the lines of each author through the texts of a file, the oldest first; the last one is that on disk.
 * Adds what it finds to `fates`.
 */
export function followLines(steps: readonly FileStep[], fates: Map<string, LineFate>): void {
  for (const [index, { text, by }] of steps.entries()) {
    const before = steps[index - 1];
    if (before !== undefined) noteLost(before.text, text, by, fates);
  }
  for (const [author, count] of countsOf(steps.at(-1)?.text.authors ?? [])) {
    fateOf(author, fates).stands += count;
  }
}

/**
 * What became of the `written` lines of an author. A line that moved to another file seems to have gone from the one
 * and stands in the other: what stands counts first. `isReplaced` tells that Claude replaced lines of the
 * author, also before the texts that are kept.
 */
export function settledFate(found: LineFate, written: number, isReplaced: boolean): LineFate {
  let left = Math.max(0, written - found.stands);
  const take = (most: number): number => {
    const taken = Math.min(left, most);
    left -= taken;
    return taken;
  };
  const byClaude = take(found.byClaude);
  const byOthers = take(found.byOthers);
  const gone = take(found.gone);
  return {
    stands: found.stands,
    byClaude: byClaude + (isReplaced ? left : 0),
    byOthers,
    gone: gone + (isReplaced ? 0 : left),
  };
}

// --- internal ---

function fateOf(author: string, fates: Map<string, LineFate>): LineFate {
  const known = fates.get(author);
  if (known) return known;
  const fate = noLines();
  fates.set(author, fate);
  return fate;
}

function noteLost(
  before: AuthoredText,
  after: AuthoredText,
  by: FileStep['by'],
  fates: Map<string, LineFate>,
): void {
  const now = countsOf(after.authors);
  const isRemoved = isSameText(after.lines, REMOVED.lines);
  const removed = isRemoved ? undefined : removedCounts(before, after);
  for (const [author, count] of countsOf(before.authors)) {
    const lost = count - (now.get(author) ?? 0);
    if (lost <= 0) continue;
    const fate = fateOf(author, fates);
    const gone = removed === undefined ? lost : Math.min(lost, removed.get(author) ?? 0);
    fate.gone += gone;
    fate[by === 'claude' ? 'byClaude' : 'byOthers'] += lost - gone;
  }
}

/** The lines of each author that were taken away, and nothing was put there. */
function removedCounts(before: AuthoredText, after: AuthoredText): Map<string, number> {
  const authors = changedBlocks(before.lines, after.lines)
    .filter(({ newStart, newEnd }) => newStart === newEnd)
    .flatMap(({ oldStart, oldEnd }) => before.authors.slice(oldStart, oldEnd));
  return countsOf(authors);
}

function countsOf(authors: readonly Author[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const author of authors) {
    if (author !== NOT_CLAUDE) counts.set(author, (counts.get(author) ?? 0) + 1);
  }
  return counts;
}
