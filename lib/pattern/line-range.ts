/** A range of lines in a file, 1-based, both ends included. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
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

/** Ranges as text, such as `3-5,9`; '' for none. */
export function rangesText(ranges: readonly LineRange[]): string {
  return ranges
    .map(({ startLine, endLine }) =>
      startLine === endLine ? startLine : `${startLine}-${endLine}`,
    )
    .join(',');
}

/** How many lines are in ranges. */
export function countIn(ranges: readonly LineRange[]): number {
  return ranges.reduce((sum, { startLine, endLine }) => sum + endLine - startLine + 1, 0);
}
