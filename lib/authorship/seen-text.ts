import { NO_LINE } from './author.ts';
import type { AuthoredText } from './author.ts';
import type { FileHistory } from './state/file-history.ts';
import { isTrivial, keyAt } from './transfer/line-key.ts';
import type { Block } from './transfer/line-diff.ts';
import type { LineOrigin } from './transfer/transfer.ts';

/** A text that is seen in a file now, and how its authors are known. */
export interface SeenText extends AuthoredText {
  /** `unknown` for a line of which nothing is known, not even whether a recorded call wrote it. */
  readonly origins: readonly (LineOrigin | 'unknown')[];
  /** The history that it was compared with; undefined if nothing is known of the file. */
  readonly history: FileHistory | undefined;
  /** The path that the history was kept under, if the file has been renamed since. */
  readonly renamedFrom: string | undefined;
  /** True if the file had exactly this text when it was seen last, or before. */
  readonly isExact: boolean;
}

/** How sure it is who wrote a line, or that Claude did not. */
export type Confidence = 'high' | 'medium' | 'low';

/**
 * How sure the author of a line is: `high` for a line that stands where it is known to, `medium` for one that was
 * found by its words in another form or place, that is new in a known file, or that stands in a renamed file, and
 * `low` where only a likeness speaks for it, or nothing is known.
 */
export function confidenceOf(seen: SeenText, line: number): Confidence {
  const { origins, history, renamedFrom, isExact, lines } = seen;
  const origin = origins[line] ?? 'unknown';
  const isSeenAsKept = origin === 'kept' && !(isTrivial(keyAt(lines, line)) && !isExact);
  if (history === undefined || origin === 'unknown' || origin === 'recalled') return 'low';
  if (renamedFrom !== undefined) return origin === 'kept' ? 'medium' : 'low';
  return isSeenAsKept ? 'high' : 'medium';
}

/**
 * The lines that take a place of which it is not known what stood there. `blocks` are where the text differs from
 * the lines that are known.
 */
export function linesOfUnknown(known: readonly string[], blocks: readonly Block[]): Set<number> {
  const found = new Set<number>();
  for (const { oldStart, oldEnd, newStart, newEnd } of blocks) {
    if (!known.slice(oldStart, oldEnd).includes(NO_LINE)) continue;
    for (let line = newStart; line < newEnd; line += 1) found.add(line);
  }
  return found;
}
