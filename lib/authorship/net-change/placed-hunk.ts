import type { Hunk, HunkLine } from '../../event/hunk.ts';
import type { TextReplacement } from '../payload/text-change.ts';
import type { FileLine } from './unified-diff.ts';

/** A hunk at its place in the text before the change. */
export interface PlacedHunk {
  /** Where its first line stood before the change, from 0. */
  readonly start: number;
  readonly lines: readonly { readonly sign: HunkLine['sign']; readonly line: FileLine }[];
}

/** A hunk as lines of a file. @param isToolDiff its leading blanks may be tabs */
export function placed({ oldStart, newStart, lines }: Hunk, isToolDiff: boolean): PlacedHunk {
  return {
    start: (oldStart ?? newStart) - 1,
    lines: lines.map(({ sign, text, isUnterminated = false }) => {
      const isGuess = isToolDiff && /^(?:\t| {2})/.test(text);
      return { sign, line: { text, isUnterminated, isGuess } };
    }),
  };
}

/** Hunks in which the lines of an edit's own texts are as the edit tells them, which has their tabs. */
export function exactly(
  hunks: readonly PlacedHunk[],
  [only, ...others]: readonly TextReplacement[],
): readonly PlacedHunk[] {
  const [hunk, ...more] = hunks;
  if (only === undefined || others.length > 0 || only.everywhere || hunk === undefined)
    return hunks;
  const [old, now] = [only.oldText.split('\n'), only.newText.split('\n')];
  const first = beginningIn(hunk, old, now);
  let [oldLine, newLine] = [0, 0];
  const lines = hunk.lines.map(({ sign, line }) => {
    const told = sign === '+' ? now[newLine - first] : old[oldLine - first];
    if (sign !== '+') oldLine += 1;
    if (sign !== '-') newLine += 1;
    const isTold =
      told !== undefined && line.isGuess && withoutTabs(told) === withoutTabs(line.text);
    return { sign, line: isTold ? { ...line, text: told, isGuess: false } : line };
  });
  return [{ ...hunk, lines }, ...more];
}

/** A line as a tool's diff shows it: two blanks for each leading tab. */
export function withoutTabs(text: string): string {
  return text.replace(/^[\t ]+/, (blanks) => blanks.replaceAll('\t', '  '));
}

// --- internal ---

/** Where in a hunk the texts of an edit begin: they may have lines in common before the first change. */
function beginningIn(
  { lines }: PlacedHunk,
  old: readonly string[],
  now: readonly string[],
): number {
  const change = Math.max(
    0,
    lines.findIndex(({ sign }) => sign !== ' '),
  );
  let common = 0;
  while (common < old.length && common < now.length && old[common] === now[common]) common += 1;
  const sides = [
    { told: old, shown: lines.filter(({ sign }) => sign !== '+') },
    { told: now, shown: lines.filter(({ sign }) => sign !== '-') },
  ];
  const likeness = (first: number): number =>
    sides
      .map(({ told, shown }) => {
        const isLikeTold = ({ line }: (typeof shown)[number], index: number): boolean =>
          withoutTabs(told[index - first] ?? '\0') === withoutTabs(line.text);
        return shown.filter(isLikeTold).length;
      })
      .reduce((sum, count) => sum + count, 0);
  // Where a last line gets its newline, the change begins with a line that they have in common.
  return likeness(change) > likeness(change - common) ? change : change - common;
}
