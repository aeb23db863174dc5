import { asArray, asNumber, asObject } from '../base/json.ts';
import type { Json } from '../base/json.ts';

/** A line of a hunk: `+` added, `-` removed, ` ` unchanged. */
export interface HunkLine {
  readonly sign: '+' | '-' | ' ';
  /** Without the sign and without a carriage return. */
  readonly text: string;
  /** True where the diff says that no newline follows: its text ends with this line. */
  readonly isUnterminated?: true;
}

/** A hunk of a diff as Claude Code sends it. */
export interface Hunk {
  /** Where its first line stood in the file before the change, 1-based; undefined where it is not sent. */
  readonly oldStart: number | undefined;
  /** Where its first line stands in the file after the change, 1-based. */
  readonly newStart: number;
  readonly lines: readonly HunkLine[];
  /** False where the diff says that the file ends without a newline. */
  readonly endsWithNewline: boolean;
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
        const last = lines.pop();
        if (last !== undefined) lines.push({ ...last, isUnterminated: true });
        if (last?.sign !== '-') endsWithNewline = false;
      } else if (sign === '+' || sign === '-' || sign === ' ') {
        lines.push({ sign, text: line.slice(1).replace(/\r$/, '') });
      }
    }
    // A diff that empties the file starts at line 0.
    const oldStart = asNumber(hunk['oldStart']);
    return [
      {
        oldStart: Number.isSafeInteger(oldStart) ? Math.max(1, oldStart ?? 1) : undefined,
        newStart: Math.max(1, newStart),
        lines,
        endsWithNewline,
      },
    ];
  });
}
