import { asArray, asNumber, asObject } from '../base/json.ts';
import type { Json } from '../base/json.ts';

/** A line of a hunk: `+` added, `-` removed, ` ` unchanged. */
export interface HunkLine {
  readonly sign: '+' | '-' | ' ';
  /** Without the sign and without a carriage return. */
  readonly text: string;
}

/** A hunk of a diff as Claude Code sends it. */
export interface Hunk {
  /** Where its first line stands in the file after the change, 1-based. */
  readonly newStart: number;
  readonly lines: readonly HunkLine[];
  /** False where the diff says that the file ends without a newline. */
  readonly endsWithNewline: boolean;
}

/** A range of lines in a file, 1-based, both ends included. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

/** Reads `structuredPatch` or the `hunks` of `bashEditDiff`; skips whatever has another form. */
export function parseHunks(value: Json | undefined): Hunk[] {
  return asArray(value).flatMap((entry) => {
    const hunk = asObject(entry);
    const newStart = asNumber(hunk?.['newStart']);
    if (hunk === undefined || newStart === undefined || !Number.isSafeInteger(newStart)) return [];
    const lines: HunkLine[] = [];
    let endsWithNewline = true;
    for (const line of asArray(hunk['lines'])) {
      if (typeof line !== 'string') continue;
      const sign = line.charAt(0) || ' '; // an unchanged empty line whose blank was trimmed
      if (sign === '\\') {
        if (lines.at(-1)?.sign !== '-') endsWithNewline = false;
      } else if (sign === '+' || sign === '-' || sign === ' ') {
        lines.push({ sign, text: line.slice(1).replace(/\r$/, '') });
      }
    }
    // A diff that empties the file starts at line 0.
    return [{ newStart: Math.max(1, newStart), lines, endsWithNewline }];
  });
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
