import { changedLines } from './changed-lines.ts';
import { lineBreaksIn, rangesWithin, extentOf } from './line-range.ts';
import type { LineRange, Place } from './line-range.ts';

/** A text that was put in the place of another. */
export interface Replacement {
  readonly oldText: string;
  readonly newText: string;
  /** True if it was replaced wherever it stood. */
  readonly all: boolean;
}

/**
 * Where the new texts of edits stand in a file that was `original` before them, for each edit in order: exact,
 * because the edits are done again. A text that a later edit replaced has no place. Of one edit, places that begin
 * on the same line count once. Undefined if an edit does not apply to this text.
 */
export function placesInText(
  original: string,
  edits: readonly Replacement[],
  limit: number,
): Place[][] | undefined {
  const before = withLf(original);
  let after = before;
  let spots: Spot[] = [];
  for (const [edit, { oldText, newText, all }] of edits.entries()) {
    const written = withLf(newText);
    const old = takenText(after, withLf(oldText), written);
    const found = old === '' ? [] : occurrences(after, old, all);
    if (found.length === 0) return undefined;
    spots = spots.flatMap((spot) => moved(spot, found, old.length, written.length));
    const growth = written.length - old.length;
    for (const [index, at] of found.entries()) {
      if (index === limit) break;
      spots.push({ edit, start: at + index * growth, end: at + index * growth + written.length });
    }
    after = replaced(after, found, old.length, written);
  }
  return placed(before, after, spots, edits);
}

// --- internal ---

/** Where a new text stands, in characters. */
interface Spot {
  readonly edit: number;
  readonly start: number;
  readonly end: number;
}

function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Claude Code takes the line break too when it deletes the text of whole lines. */
function takenText(text: string, old: string, written: string): string {
  if (written !== '' || old === '' || old.endsWith('\n')) return old;
  return text.includes(`${old}\n`) ? `${old}\n` : old;
}

function occurrences(text: string, old: string, all: boolean): number[] {
  const found: number[] = [];
  let at = text.indexOf(old);
  while (at !== -1) {
    found.push(at);
    at = all ? text.indexOf(old, at + old.length) : -1;
  }
  return found;
}

function replaced(
  text: string,
  found: readonly number[],
  oldLength: number,
  written: string,
): string {
  const parts: string[] = [];
  let from = 0;
  for (const at of found) {
    parts.push(text.slice(from, at), written);
    from = at + oldLength;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** A spot after a later edit: none if that replaced it whole, or a part that reaches beyond it. */
function moved(
  { edit, start, end }: Spot,
  found: readonly number[],
  oldLength: number,
  newLength: number,
): Spot[] {
  let [from, to] = [start, end];
  for (const at of found) {
    if (at >= end) break;
    const isBefore = at + oldLength <= start;
    const isInside = at >= start && at + oldLength <= end && oldLength < end - start;
    if (!isBefore && !isInside) return [];
    if (isBefore) from += newLength - oldLength;
    to += newLength - oldLength;
  }
  return [{ edit, start: from, end: to }];
}

function placed(
  before: string,
  after: string,
  spots: readonly Spot[],
  edits: readonly Replacement[],
): Place[][] {
  const changed = changedLines(before, after);
  const places: Place[][] = edits.map(() => []);
  for (const { edit, start, end } of spots) {
    const { skipped, breaks } = extentOf(after.slice(start, end));
    const line = 1 + lineBreaksIn(after, start);
    const range = { startLine: line + skipped, endLine: line + breaks };
    const own = places[edit] ?? [];
    if (own.at(-1)?.startLine === range.startLine) continue;
    const inside = changed ?? changedByOne(edits[edit], line);
    own.push({ ...range, changedLines: inside ? rangesWithin(inside, range) : null });
  }
  return places;
}

/** By the texts of one edit alone, where files differ too much to be compared: its first line stands on `line`. */
function changedByOne(edit: Replacement | undefined, line: number): LineRange[] | undefined {
  if (!edit) return undefined;
  return changedLines(withLf(edit.oldText), withLf(edit.newText))?.map(
    ({ startLine, endLine }) => ({
      startLine: startLine + line - 1,
      endLine: endLine + line - 1,
    }),
  );
}
