import { describe, expect, it } from 'vitest';
import { addVersion, versionsOf } from '../../../lib/authorship/state/file-history.ts';
import type { FileHistory } from '../../../lib/authorship/state/file-history.ts';
import { replacedHistory } from '../../../lib/authorship/state/replaced-text.ts';

const version = (at: number, event: string, lines: string[], authors: (string | null)[]) => ({
  at,
  event,
  lines,
  authors,
  pieces: [{ author: `${event}-0`, replaced: [0, 1] }],
});
const history: FileHistory = addVersion(
  { last: version(1, 'a', ['head', 'key: S1', ''], ['a-0', 'a-0', 'a-0']), past: [] },
  version(
    2,
    'b',
    ['head', 'BEGIN', 'S1', 'S2', 'END', 'tail', ''],
    ['a-0', 'b-0', 'b-0', null, 'b-0', 'b-1', null],
  ),
);

describe('a history with another text', () => {
  it('is the same object where nothing changes', () => {
    expect(replacedHistory(history, (text) => text)).toBe(history);
  });

  it('keeps authors and pieces where lines stay lines, in every version', () => {
    const replaced = replacedHistory(history, (text) => text.replaceAll(/S\d/g, '[gone]'));
    expect(versionsOf(replaced).map(({ lines }) => lines.join('|'))).toEqual([
      'head|key: [gone]|',
      'head|BEGIN|[gone]|[gone]|END|tail|',
    ]);
    expect(replaced.last.authors).toEqual(history.last.authors);
    expect(replaced.last.pieces).toEqual(history.last.pieces);
  });

  it('keeps authors where several lines become one, and forgets which lines pieces replaced', () => {
    const replaced = replacedHistory(history, (text) => text.replace(/BEGIN[^]*END/, '[key]'));
    expect(replaced.last.lines).toEqual(['head', '[key]', 'tail', '']);
    expect(replaced.last.authors).toEqual(['a-0', 'b-0', 'b-1', null]);
    expect(replaced.last.pieces).toEqual([]);
  });
});
