import { describe, expect, it } from 'vitest';
import { NO_LINE } from '../../../lib/authorship/author.ts';
import type { Author } from '../../../lib/authorship/author.ts';
import {
  authorsIn,
  erasedChange,
  erasedHistory,
  eventsIn,
} from '../../../lib/authorship/state/erased-text.ts';
import { addVersion } from '../../../lib/authorship/state/file-history.ts';
import type { FileHistory } from '../../../lib/authorship/state/file-history.ts';
import { decodeHistory, encodeHistory } from '../../../lib/authorship/state/file-state.ts';

/** Two versions: one of event a, one of event b after a person had added a line. */
const HISTORY: FileHistory = addVersion(
  {
    last: { at: 1, event: 'a', pieces: [{ author: 'a-0', replaced: [] }], ...text('a-0 one') },
    past: [],
  },
  {
    at: 2,
    event: 'b',
    pieces: [{ author: 'b-0', replaced: [0, 1] }],
    ...text('a-0 one', '- by hand', 'b-0 two', '- '),
  },
);

/** Lines from texts such as `a-0 words`; `-` stands for nobody. */
function text(...rows: readonly string[]): { lines: string[]; authors: Author[] } {
  const parts = rows.map((row) => row.split(/ (.*)/, 2));
  return {
    lines: parts.map(([, line]) => line ?? ''),
    authors: parts.map(([author]) => (author === '-' ? null : (author ?? null))),
  };
}

describe('a history of which an author goes', () => {
  it('keeps only the lines of those that stay, in their places', () => {
    const left = erasedHistory(HISTORY, (author) => author === 'b-0');
    expect(left).toEqual({
      last: {
        at: 2,
        event: null,
        pieces: [],
        lines: [NO_LINE, NO_LINE, 'two', NO_LINE],
        authors: [null, null, 'b-0', null],
      },
      past: [],
    });
    expect(left && decodeHistory(encodeHistory(left))).toEqual(left);
    expect(left && [...eventsIn(left)]).toEqual(['b']);
  });

  it('keeps what nobody of Claude’s wrote where that may stay', () => {
    const left = erasedHistory(HISTORY, (author) => author !== 'a-0');
    expect(left?.last.lines).toEqual([NO_LINE, 'by hand', 'two', '']);
  });

  it('is nothing without a line of Claude’s', () => {
    expect(erasedHistory(HISTORY, () => false)).toBeUndefined();
    expect(erasedHistory(HISTORY, (author) => author === null)).toBeUndefined();
  });

  it('tells whom it names', () => {
    expect([...authorsIn(HISTORY)].toSorted()).toEqual(['a-0', 'b-0']);
    expect([...eventsIn(HISTORY)].toSorted()).toEqual(['a', 'b']);
  });
});

it('a change keeps only the lines of those that stay', () => {
  const change = {
    event: 'b',
    path: '/x',
    at: 2,
    added: true,
    isFirst: false,
    continues: undefined,
    gone: text('a-0 one', 'b-0 two'),
  };
  expect(erasedChange(change, (author) => author === 'b-0').gone).toEqual({
    lines: [NO_LINE, 'two'],
    authors: [null, 'b-0'],
  });
  expect(erasedChange(change, () => false).gone).toEqual({ lines: [], authors: [] });
});
