import type { Hunk } from '../../event/hunk.ts';
import { rangesOf, rangesWithin, extentOf } from './line-range.ts';
import type { LineRange, Place } from './line-range.ts';

/** The lines that hunks added, as they stand after the change. */
export function addedLines(hunks: readonly Hunk[]): LineRange[] {
  return rangesOf(
    hunks.flatMap(({ newStart, lines }) => {
      const after = lines.filter(({ sign }) => sign !== '-');
      return after.flatMap(({ sign }, index) => (sign === '+' ? [newStart + index] : []));
    }),
  );
}

/**
 * Where `written` stands in the file after the change, in order, as far as the hunks show it. A place counts only if
 * it touches a changed line; places that begin on the same line count once. Stops after `limit` places. `replaced`
 * is the text that it took the place of.
 */
export function placesInHunks(
  written: string,
  replaced: string,
  hunks: readonly Hunk[],
  limit: number,
): Place[] {
  for (const text of formsOf(written)) {
    const found = shownWhole(text, hunks, limit);
    if (found.length > 0) return withChanged(found, hunks);
  }
  const found = shownInPart(written, replaced, hunks);
  return withChanged(found ? [found] : [], hunks);
}

// --- internal ---

/**
 * The forms in which a hunk may show a text: Claude Code writes the tabs at the beginning of a line as two blanks
 * each, but what is written may begin in the middle of a line.
 */
function formsOf(written: string): string[] {
  const text = withoutEnd(written);
  const later = text.replaceAll(/(?<=\n)\t+/g, blanksFor);
  return [...new Set([text, later, later.replace(/^\t+/, blanksFor)])];
}

function withoutEnd(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\n$/, '');
}

function blanksFor(tabs: string): string {
  return '  '.repeat(tabs.length);
}

function withChanged(ranges: readonly LineRange[], hunks: readonly Hunk[]): Place[] {
  if (ranges.length === 0) return [];
  const added = addedLines(hunks);
  return ranges.map((range) => ({ ...range, changedLines: rangesWithin(added, range) }));
}

/** A line after the change; `isCut` if lines went in front of it. */
interface ShownLine {
  readonly text: string;
  readonly isNew: boolean;
  readonly isCut: boolean;
}

function shownLines({ lines }: Hunk): ShownLine[] {
  const shown: ShownLine[] = [];
  let isCut = false;
  for (const { sign, text } of lines) {
    if (sign === '-') {
      isCut = true;
      continue;
    }
    shown.push({ text, isNew: sign === '+', isCut });
    isCut = false;
  }
  return shown;
}

/** The places that lie within one hunk each. */
function shownWhole(text: string, hunks: readonly Hunk[], limit: number): LineRange[] {
  const places: LineRange[] = [];
  if (!/[^\n]/.test(text)) return places;
  const { skipped, breaks } = extentOf(`${text}\n`);
  for (const hunk of hunks) {
    const after = shownLines(hunk);
    const whole = after.map((line) => line.text).join('\n');
    let line = 0;
    let lineEnd = after[0]?.text.length ?? 0;
    let from = 0;
    while (places.length < limit) {
      const at = whole.indexOf(text, from);
      if (at === -1) break;
      while (lineEnd < at) {
        line += 1;
        lineEnd += 1 + (after[line]?.text.length ?? 0);
      }
      const first = line + skipped;
      const last = line + breaks;
      const isTouched = after
        .slice(first, last + 1)
        .some(({ isNew, isCut }, index) => isNew || (isCut && index > 0));
      if (isTouched) {
        places.push({ startLine: hunk.newStart + first, endLine: hunk.newStart + last });
      }
      from = Math.max(at + text.length, lineEnd + 1);
    }
  }
  return places;
}

/**
 * The place of a text that is longer than the hunks, which show three lines around a change: the first line that
 * differs from the replaced text is the first that changed. Undefined unless all that the hunks show agrees.
 */
function shownInPart(
  written: string,
  replaced: string,
  hunks: readonly Hunk[],
): LineRange | undefined {
  const texts = formsOf(written).map((text) => text.split('\n'));
  const old = withoutEnd(replaced).split('\n');
  const [plain = []] = texts;
  let same = 0;
  while (same < Math.min(plain.length, old.length) && plain[same] === old[same]) same += 1;
  const first = hunks.map(firstChanged).find((line) => line !== undefined);
  if (first === undefined) return undefined;
  const start = first - same;
  if (start < 1 || !texts.some((lines) => agrees(lines, start, hunks))) return undefined;
  const { skipped, breaks } = extentOf(written.replaceAll('\r\n', '\n'));
  return { startLine: start + skipped, endLine: start + breaks };
}

function firstChanged(hunk: Hunk): number | undefined {
  const index = hunk.lines.findIndex(({ sign }) => sign !== ' ');
  return index === -1 ? undefined : hunk.newStart + index;
}

/** True if the lines that stand from `start` on are those of the hunks; the first and last line may be parts. */
function agrees(lines: readonly string[], start: number, hunks: readonly Hunk[]): boolean {
  let isShown = false;
  for (const hunk of hunks) {
    for (const [index, { text, isNew }] of shownLines(hunk).entries()) {
      const at = hunk.newStart + index - start;
      const line = lines[at];
      if (line === undefined) {
        if (isNew) return false; // what one edit changed lies within its text
        continue;
      }
      const [isFirst, isLast] = [at === 0, at === lines.length - 1];
      if (isFirst ? !endsLike(text, line, isLast) : isLast ? !text.startsWith(line) : text !== line)
        return false;
      isShown = true;
    }
  }
  return isShown;
}

function endsLike(text: string, line: string, isLast: boolean): boolean {
  return isLast ? text.includes(line) : text.endsWith(line);
}
