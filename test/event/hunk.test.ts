import { describe, expect, it } from 'vitest';
import { parseHunks } from '../../lib/event/hunk.ts';

describe('parseHunks', () => {
  it('leaves out what has not the form of a hunk', () => {
    expect(
      parseHunks([
        null,
        1,
        {},
        { newStart: '1', lines: [] },
        { newStart: 0.5 },
        { newStart: 1e300, lines: ['+a'] },
        { newStart: 1, lines: [1, '?x', '+a'] },
      ]),
    ).toEqual([
      {
        oldStart: undefined,
        newStart: 1,
        lines: [{ sign: '+', text: 'a' }],
        endsWithNewline: true,
      },
    ]);
    expect(parseHunks('x')).toEqual([]);
    expect(parseHunks(undefined)).toEqual([]);
  });
});
