import type { Hunk } from '../event/hunk.ts';

/** A range of lines in a file, 1-based, both ends included. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

/**
 * Where `written` stands in the file after the change, in order. A place counts only if it touches an
 * added line; places that begin on the same line count once. Stops after `limit` places.
 */
export function placesOf(written: string, hunks: readonly Hunk[], limit: number): LineRange[] {
  const needle = written.replaceAll('\r\n', '\n').replace(/\n$/, '');
  const places: LineRange[] = [];
  if (needle === '') return places;
  const leadingNewlines = needle.search(/[^\n]/);
  const lineBreaks = needle.split('\n').length - 1;
  if (leadingNewlines === -1) return places;
  for (const hunk of hunks) {
    const after = hunk.lines.filter(({ sign }) => sign !== '-');
    const text = after.map((line) => line.text).join('\n');
    let line = 0;
    let lineEnd = after[0]?.text.length ?? 0;
    let from = 0;
    while (places.length < limit) {
      const at = text.indexOf(needle, from);
      if (at === -1) break;
      while (lineEnd < at) {
        line += 1;
        lineEnd += 1 + (after[line]?.text.length ?? 0);
      }
      const first = line + leadingNewlines;
      const last = line + lineBreaks;
      if (after.slice(first, last + 1).some(({ sign }) => sign === '+')) {
        places.push({ startLine: hunk.newStart + first, endLine: hunk.newStart + last });
      }
      from = Math.max(at + needle.length, lineEnd + 1);
    }
  }
  return places;
}
