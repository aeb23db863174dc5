import { diffArrays } from 'diff';

/** A line as it stood in a file. */
export interface FileLine {
  /** Without its newline; a carriage return belongs to it. */
  readonly text: string;
  /** True for the last line of a text that ends without a newline. */
  readonly isUnterminated: boolean;
  /** True if its leading tabs are guessed: a tool's diff shows two blanks for each. */
  readonly isGuess: boolean;
}

/** A line of two texts: kept (` `), removed (`-`) or added (`+`). It is undefined where it is not known. */
export interface ComparedLine {
  readonly sign: ' ' | '-' | '+';
  readonly line: FileLine | undefined;
}

/** A diff in unified form. */
export interface UnifiedDiff {
  /** The hunks, each with its `@@` line; empty if nothing differs. */
  readonly hunks: string;
  readonly added: number;
  readonly removed: number;
  /** True if a line of it has guessed tabs. */
  readonly isGuess: boolean;
}

/** The lines of a text that was read or written as a whole. */
export function fileLines(text: string): FileLine[] {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const whole = lines.map((line) => ({ text: line, isUnterminated: false, isGuess: false }));
  return rest === '' ? whole : [...whole, { text: rest, isUnterminated: true, isGuess: false }];
}

/** The lines of two whole texts beside each other. */
export function comparedLines(
  before: readonly FileLine[],
  after: readonly FileLine[],
): ComparedLine[] {
  const compared: ComparedLine[] = [];
  let [old, now] = [0, 0];
  for (const { added, removed, count } of diffArrays(before.map(keyOf), after.map(keyOf))) {
    const sign = added ? '+' : removed ? '-' : ' ';
    for (let line = 0; line < count; line += 1) {
      compared.push({ sign, line: sign === '+' ? after[now + line] : before[old + line] });
    }
    if (!added) old += count;
    if (!removed) now += count;
  }
  return compared;
}

/**
 * Writes lines as a unified diff with up to three lines around each change. Undefined if a line was removed
 * that is not known.
 */
export function unifiedDiff(compared: readonly ComparedLine[]): UnifiedDiff | undefined {
  const lines = withoutNoChange(compared);
  if (lines === undefined) return undefined;
  const hunks = hunkRanges(lines);
  const place: Place = { at: 0, old: 1, now: 1 };
  const changed = lines.filter(({ sign }) => sign !== ' ');
  return {
    hunks: hunks.map(([from, to]) => hunkText(lines, from, to, place)).join(''),
    added: changed.filter(({ sign }) => sign === '+').length,
    removed: changed.filter(({ sign }) => sign === '-').length,
    isGuess: hunks.some(([from, to]) => lines.slice(from, to).some(({ line }) => line?.isGuess)),
  };
}

// --- internal ---

const CONTEXT = 3;

function keyOf({ text, isUnterminated }: FileLine): string {
  return isUnterminated ? `${text}\0` : text;
}

/** Without lines that went and came back at one place. Undefined if one went that is not known. */
function withoutNoChange(compared: readonly ComparedLine[]): ComparedLine[] | undefined {
  const lines: ComparedLine[] = [];
  for (let at = 0; at < compared.length;) {
    const start = at;
    while (at < compared.length && compared[at]?.sign !== ' ') at += 1;
    const run = compared.slice(start, at);
    const removed = linesOf(run, '-');
    const added = linesOf(run, '+');
    if (removed.length + added.length < run.length) return undefined;
    for (const line of comparedLines(removed, added)) lines.push(line);
    const kept = compared[at];
    if (kept !== undefined) lines.push(kept);
    at += 1;
  }
  return lines;
}

function linesOf(run: readonly ComparedLine[], wanted: '-' | '+'): FileLine[] {
  return run.flatMap(({ sign, line }) => (sign === wanted && line !== undefined ? [line] : []));
}

/** Where each hunk begins and ends among the lines. */
function hunkRanges(lines: readonly ComparedLine[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at]?.sign === ' ') continue;
    const start = at;
    while (at < lines.length && lines[at]?.sign !== ' ') at += 1;
    let [from, to] = [start, at];
    const least = ranges.at(-1)?.[1] ?? 0;
    while (from > least && start - from < CONTEXT && isContext(lines[from - 1])) from -= 1;
    while (to < lines.length && to - at < CONTEXT && isContext(lines[to])) to += 1;
    const last = ranges.at(-1);
    if (last !== undefined && from === last[1]) last[1] = to;
    else ranges.push([from, to]);
  }
  return ranges;
}

function isContext(compared: ComparedLine | undefined): boolean {
  return compared?.sign === ' ' && compared.line !== undefined;
}

/** A place in the compared lines, and the numbers of the lines there in both texts, from 1. */
interface Place {
  at: number;
  old: number;
  now: number;
}

function hunkText(lines: readonly ComparedLine[], from: number, to: number, place: Place): string {
  advance(lines, from, place);
  const start = { ...place };
  advance(lines, to, place);
  const old = rangeText(start.old, place.old - start.old);
  const now = rangeText(start.now, place.now - start.now);
  const body = lines.slice(from, to).map(({ sign, line }) => {
    const end = line?.isUnterminated === true ? '\n\\ No newline at end of file\n' : '\n';
    return `${sign}${line?.text ?? ''}${end}`;
  });
  return `@@ -${old} +${now} @@\n${body.join('')}`;
}

function advance(lines: readonly ComparedLine[], to: number, place: Place): void {
  for (; place.at < to; place.at += 1) {
    const sign = lines[place.at]?.sign;
    if (sign !== '+') place.old += 1;
    if (sign !== '-') place.now += 1;
  }
}

/** As diff has it: of no lines, the number is that of the line before. */
function rangeText(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? String(start) : `${start},${count}`;
}
