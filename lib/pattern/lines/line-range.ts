/** A range of lines in a file, 1-based, both ends included. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

/** Where a written text stands in its file after the change. */
export interface Place extends LineRange {
  /** Which of its lines are new or differ from before, in order; null if it is not known. */
  readonly changedLines: readonly LineRange[] | null;
}

/** The lines of a written text as an editor counts them: from its first line with text to its last line. */
export function extentOf(written: string): { readonly skipped: number; readonly breaks: number } {
  const text = written.replace(/\n$/, '');
  return { skipped: Math.max(0, text.search(/[^\n]/)), breaks: lineBreaksIn(text, text.length) };
}

/** The line breaks in a text before `end`. */
export function lineBreaksIn(text: string, end: number): number {
  let breaks = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    breaks += 1;
  }
  return breaks;
}

/** Ascending line numbers as ranges. */
export function rangesOf(lines: Iterable<number>): LineRange[] {
  const ranges: { startLine: number; endLine: number }[] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last?.endLine === line - 1) last.endLine = line;
    else ranges.push({ startLine: line, endLine: line });
  }
  return ranges;
}

/** What of some ranges lies within one. */
export function rangesWithin(ranges: readonly LineRange[], within: LineRange): LineRange[] {
  return ranges.flatMap(({ startLine, endLine }) => {
    const first = Math.max(startLine, within.startLine);
    const last = Math.min(endLine, within.endLine);
    return first <= last ? [{ startLine: first, endLine: last }] : [];
  });
}

/** Ranges as text, such as `3-5,9`; '' for none. */
export function rangesText(ranges: readonly LineRange[]): string {
  return ranges
    .map(({ startLine, endLine }) =>
      startLine === endLine ? startLine : `${startLine}-${endLine}`,
    )
    .join(',');
}
