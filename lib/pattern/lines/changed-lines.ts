import { diffArrays } from 'diff';
import { rangesOf } from './line-range.ts';
import type { LineRange } from './line-range.ts';

/** Texts that differ by more lines than this are not compared line by line: the time grows with its square. */
const MAX_DIFFERENCES = 500;

/**
 * Which lines of `after` are new or differ from `before`, 1-based; undefined beyond 500 differences. Line breaks
 * have to be `\n` in both.
 */
export function changedLines(before: string, after: string): LineRange[] | undefined {
  const old = linesOf(before);
  const now = linesOf(after);
  const shorter = Math.min(old.length, now.length);
  let first = 0;
  while (first < shorter && old[first] === now[first]) first += 1;
  let last = 0;
  while (last < shorter - first && old.at(-1 - last) === now.at(-1 - last)) last += 1;
  const end = now.length - last;
  if (first === end) return [];
  const changes = diffArrays(old.slice(first, old.length - last), now.slice(first, end), {
    maxEditLength: MAX_DIFFERENCES,
  });
  if (!changes) return undefined;
  const changed: number[] = [];
  let line = first + 1;
  for (const { added, removed, count } of changes) {
    if (removed) continue;
    if (added) for (let each = line; each < line + count; each += 1) changed.push(each);
    line += count;
  }
  return rangesOf(changed);
}

// --- internal ---

/** A line break at the end does not begin another line. */
function linesOf(text: string): string[] {
  const whole = text.endsWith('\n') ? text.slice(0, -1) : text;
  return text === '' ? [] : whole.split('\n');
}
