import { NO_LINE } from '../author.ts';
import type { Hunk } from '../../event/hunk.ts';
import type { Splice } from '../transfer/splice.ts';

/**
 * The text that stood in a file before a diff, as far as it is known: the diff's old lines at their places,
 * and around them what was known. Where the diff shows that lines are missing, there are unknown ones, and also at
 * the end if nothing was known.
 */
export function textUnderHunks(
  known: readonly string[] | undefined,
  hunks: readonly Hunk[],
): readonly string[] {
  if (known !== undefined && hunks.every((hunk) => stands(known, hunk))) return known;
  const lines: string[] = [];
  let at = 0; // in the known text
  for (const hunk of hunks) {
    const old = oldSide(hunk);
    const start = (hunk.oldStart ?? hunk.newStart) - 1;
    const gap = start - lines.length;
    const place = placeOf(known ?? [], old, at + gap, at);
    const between = (known ?? []).slice(at, place ?? at + gap);
    // What was lost or added unseen is taken to be just before the diff's lines.
    for (const line of between.slice(0, gap)) lines.push(line);
    while (lines.length < start) lines.push(NO_LINE);
    for (const line of old) lines.push(line);
    at = (place ?? at + gap) + old.length;
  }
  for (const line of known?.slice(at) ?? [NO_LINE]) lines.push(line);
  return lines;
}

/** The runs of changed lines in a diff, as splices of the text before it. */
export function hunkSplices(hunks: readonly Hunk[]): Splice[] {
  const splices: Splice[] = [];
  for (const hunk of hunks) {
    let at = (hunk.oldStart ?? hunk.newStart) - 1;
    let [start, added]: [number, string[]] = [at, []];
    const close = (): void => {
      if (at > start || added.length > 0) splices.push({ start, end: at, lines: added });
    };
    for (const { sign, text } of hunk.lines) {
      if (sign === ' ') {
        close();
        at += 1;
        [start, added] = [at, []];
      } else if (sign === '-') at += 1;
      else added.push(text);
    }
    close();
  }
  return splices;
}

/**
 * A diff as Claude Code shows an Edit, with its leading tabs again: it writes two blanks for each. Changed
 * only if `samples` have leading tabs.
 */
export function withTabs(hunks: readonly Hunk[], samples: readonly string[]): readonly Hunk[] {
  if (!samples.some((sample) => /^\t/m.test(sample))) return hunks;
  return hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map(({ text, ...line }) => ({
      ...line,
      text: text.replace(/^(?: {2})+/, (blanks) => '\t'.repeat(blanks.length / 2)),
    })),
  }));
}

// --- internal ---

/** How far from its place the old side of a hunk is looked for, in lines. */
const MAX_SHIFT = 400;

function oldSide(hunk: Hunk): string[] {
  return hunk.lines.filter(({ sign }) => sign !== '+').map(({ text }) => text);
}

function stands(lines: readonly string[], hunk: Hunk): boolean {
  return hunk.oldStart !== undefined && matches(lines, oldSide(hunk), hunk.oldStart - 1);
}

function matches(lines: readonly string[], part: readonly string[], at: number): boolean {
  return at >= 0 && part.every((line, index) => lines[at + index] === line);
}

/** Where `part` stands in `lines`, from `least` on and nearest to `expected`. */
function placeOf(
  lines: readonly string[],
  part: readonly string[],
  expected: number,
  least: number,
): number | undefined {
  for (let shift = 0; shift <= MAX_SHIFT; shift += 1) {
    for (const at of [expected + shift, expected - shift]) {
      if (at >= least && at + part.length <= lines.length && matches(lines, part, at)) return at;
    }
  }
  return undefined;
}
