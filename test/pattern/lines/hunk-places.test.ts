import { structuredPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHunks } from '../../../lib/event/hunk.ts';
import { placesInHunks } from '../../../lib/pattern/lines/hunk-places.ts';

const hunksOf = (newStart: number, ...lines: string[]) => parseHunks([{ newStart, lines }]);
const rangesOf = (written: string, hunks: ReturnType<typeof parseHunks>, limit = 100) =>
  placesInHunks(written, 'OLD', hunks, limit).map(({ startLine, endLine }) => [startLine, endLine]);

describe('placesInHunks', () => {
  it.each([
    ['one line', 'b', [' a', '-x', '+b', ' c'], [[11, 11]]],
    ['a part of a line', 'b', ['+a b c'], [[10, 10]]],
    ['several lines', 'a\nb', [' x', '+a', '+b'], [[11, 12]]],
    ['written and kept lines', 'a\nb', [' a', '+b'], [[10, 11]]],
    ['one trailing newline', 'a\n', ['+a', ' b'], [[10, 10]]],
    ['two trailing newlines', 'a\n\n', ['+a', '+', ' b'], [[10, 11]]],
    ['a leading newline', '\na', [' x', '+', '+a'], [[12, 12]]],
    ['a newline at the hunk’s start', '\na', ['+', '+a'], [[11, 11]]],
    ['CRLF in both', 'a\r\nb\r\n', ['+a\r', '+b\r'], [[10, 11]]],
    ['CRLF in the text only', 'a\r\nb', ['+a', '+b'], [[10, 11]]],
    ['CRLF in the patch only', 'a\nb', ['+a\r', '+b\r'], [[10, 11]]],
    [
      'no newline at the end',
      'b',
      ['-a', '\\ No newline at end of file', '+b', '\\ No newline at end of file'],
      [[10, 10]],
    ],
    ['kept lines only', 'a', [' a', '-b'], []],
    ['taken lines only', 'b', [' a', '-b'], []],
    ['something else', 'z', ['+a'], []],
    ['an empty line whose blank is gone', 'a\n\nb', ['+a', '', '+b'], [[10, 12]]],
    [
      'two places',
      'a',
      ['+a', ' x', '+a'],
      [
        [10, 10],
        [12, 12],
      ],
    ],
    [
      'two places on a line, which are one',
      'a',
      ['+a a', '+a'],
      [
        [10, 10],
        [11, 11],
      ],
    ],
    [
      'places that touch',
      'a\na',
      ['+a', '+a', '+a', '+a'],
      [
        [10, 11],
        [12, 13],
      ],
    ],
  ])('finds %s', (_name, written, lines, ranges) => {
    expect(rangesOf(written, hunksOf(10, ...lines))).toEqual(ranges);
  });

  it('looks in every hunk, up to the limit', () => {
    const hunks = [...hunksOf(1, '+a', '+a'), ...hunksOf(50, '+a')];
    expect(rangesOf('a', hunks)).toEqual([
      [1, 1],
      [2, 2],
      [50, 50],
    ]);
    expect(rangesOf('a', hunks, 2)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it.each(['', '\n', '\n\n'])('finds nothing for %j', (written) => {
    expect(rangesOf(written, hunksOf(1, '+', '+', '+'))).toEqual([]);
  });

  it('finds a replaced line of any file where the file has it', () => {
    const line = fc.stringMatching(/^[a-z ]{0,8}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.nat(30), line, (lines, nat, old) => {
        const at = nat % (lines.length + 1);
        const before = [...lines.slice(0, at), `${old}OLD`, ...lines.slice(at)].join('\n');
        const after = before.replace(`${old}OLD`, 'NEW');
        const { hunks } = structuredPatch('a', 'a', before, after);
        const [place] = placesInHunks(
          'NEW',
          `${old}OLD`,
          parseHunks(JSON.parse(JSON.stringify(hunks))),
          1,
        );
        expect(after.split('\n')[(place?.startLine ?? 0) - 1]).toContain('NEW');
        expect(place?.endLine).toBe(place?.startLine);
      }),
    );
  });
});
