import { describe, expect, it } from 'vitest';
import { mergedHistory } from '../../lib/authorship/merged-history.ts';
import { historyOf } from '../../lib/authorship/state/file-history.ts';
import type { FileHistory, FileVersion } from '../../lib/authorship/state/file-history.ts';

const version = (
  at: number,
  event: string | null,
  rows: readonly (readonly [string, string | null])[],
): FileVersion => ({
  at,
  event,
  lines: rows.map(([line]) => line),
  authors: rows.map(([, author]) => author),
  pieces: event === null ? [] : [{ author: `${event}-0`, replaced: [0, 1] }],
});
const told = (...versions: FileVersion[]): FileHistory => {
  const history = historyOf(versions);
  if (!history) throw new Error('there is a version');
  return history;
};
const EARLY = version(1, 'a', [
  ['export const first = 1;', 'a-0'],
  ['export const second = 2;', 'a-0'],
]);
/** As a store sees it that knows nothing of the file. */
const FOUND = version(5, null, [
  ['export const first = 1;', null],
  ['export const second = 2;', null],
]);
const LATE = version(5, 'b', [
  ['export const first = 1;', null],
  ['export const second = 3;', 'b-0'],
]);

describe('two histories of one file', () => {
  it('become one, in which lines have the authors that only one of them knew', () => {
    const merged = mergedHistory(told(EARLY), told(FOUND, LATE));
    expect(merged?.history.last).toMatchObject({ event: 'b', authors: ['a-0', 'b-0'] });
    expect(merged?.revised).toContainEqual({
      author: 'b-0',
      parents: [{ author: 'a-0', share: 1 }],
    });
    expect(mergedHistory(told(FOUND, LATE), told(EARLY))?.history).toEqual(merged?.history);
  });

  it('stay as they are where the other one knows nothing new', () => {
    const merged = mergedHistory(told(EARLY), told(FOUND, LATE))?.history;
    expect(merged && mergedHistory(merged, told(FOUND, LATE))).toBeUndefined();
    expect(merged && mergedHistory(merged, told(EARLY))).toBeUndefined();
  });
});
