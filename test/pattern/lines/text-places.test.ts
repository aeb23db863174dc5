import { structuredPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHunks } from '../../../lib/event/hunk.ts';
import { placesInHunks } from '../../../lib/pattern/lines/hunk-places.ts';
import { rangesText } from '../../../lib/pattern/lines/line-range.ts';
import type { Place } from '../../../lib/pattern/lines/line-range.ts';
import { placesInText } from '../../../lib/pattern/lines/text-places.ts';

const FILE = 'a\nb\nc\nb\n\tt\nd\n';

function edited(oldText: string, newText: string, { all = false, file = FILE } = {}) {
  return placesInText(file, [{ oldText, newText, all }], 100)?.map(textOf);
}

/** The ranges of one edit's places, each with its changed lines in brackets. */
function textOf(places: readonly Place[]): string {
  return places
    .map(
      (place) =>
        `${rangesText([place])} [${place.changedLines ? rangesText(place.changedLines) : '?'}]`,
    )
    .join(' ');
}

describe('placesInText', () => {
  it.each([
    ['one line', 'c', 'C', '3-3 [3]'],
    ['part of a line', '\tt', '\tt + t', '5-5 [5]'],
    ['kept and changed lines', 'a\nb\nc', 'a\nb\nC', '1-3 [3]'],
    ['an added line', 'c\n', 'c\nC\n', '3-4 [4]'],
    ['a line less', 'a\nb\nc', 'a\nc', '1-2 []'],
    ['leading line breaks', 'c', '\n\nC', '5-5 [5]'],
    ['a text with CRLF', 'a\r\nb', 'a\r\nB', '1-2 [2]'],
    ['signs that replacing would read', 'c', "$& $1 $'", '3-3 [3]'],
  ])('finds %s', (_name, oldText, newText, place) => {
    expect(edited(oldText, newText)).toEqual([place.replaceAll(/\b(\d+)-\1\b/g, '$1')]);
  });

  it('finds each place of a replace_all, where it stands after the others', () => {
    expect(edited('b', 'x\ny', { all: true })).toEqual(['2-3 [2-3] 5-6 [5-6]']);
    expect(edited('b\n', 'b\nb2\n', { all: true })).toEqual(['2-3 [3] 5-6 [6]']);
  });

  it('counts places that begin on the same line once', () => {
    expect(edited('x', 'y', { all: true, file: 'x x\nx\n' })).toEqual(['1 [1] 2 [2]']);
  });

  it('tells what changed in each place even where the files differ too much to be compared', () => {
    const file = 'head\nbody\n'.repeat(2_000);
    const places = placesInText(
      file,
      [{ oldText: 'head\nbody', newText: 'head\nBODY', all: true }],
      100,
    );
    expect(places?.[0]?.slice(0, 2).map((place) => textOf([place]))).toEqual([
      '1-2 [2]',
      '3-4 [4]',
    ]);
    expect(places?.[0]).toHaveLength(100);
  });

  it('follows a text that later edits move, and leaves out one that they replace', () => {
    const edits = [
      { oldText: 'c', newText: 'C', all: false },
      { oldText: 'a\n', newText: 'a\nnew\n', all: false },
      { oldText: 'd', newText: 'D', all: false },
      { oldText: 'D', newText: 'E', all: false },
    ];
    expect(placesInText(FILE, edits, 100)?.map(textOf)).toEqual(['4 [4]', '1-2 [2]', '', '7 [7]']);
  });

  it('counts the lines below a deleted one, of which Claude Code takes the line break too', () => {
    const edits = [
      { oldText: 'a', newText: '', all: false },
      { oldText: 'd', newText: 'D', all: false },
    ];
    expect(placesInText(FILE, edits, 100)?.map(textOf)[1]).toBe('5 [5]');
  });

  it.each([
    ['is not there', 'z'],
    ['is empty', ''],
  ])('knows nothing when the old text %s', (_name, oldText) => {
    expect(edited(oldText, 'x')).toBeUndefined();
  });

  it('agrees with the hunks wherever they are enough, with tabs as Claude Code shows them', () => {
    const line = fc.stringMatching(/^\t{0,2}[a-c]{0,3}$/);
    const shown = (text: string) => text.replaceAll(/^\t+/gm, (tabs) => '  '.repeat(tabs.length));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.nat(29),
        fc.integer({ min: 1, max: 12 }),
        fc.array(line, { maxLength: 3 }),
        (lines, from, count, more) => {
          const at = from % lines.length;
          const oldLines = ['«', ...lines.slice(at, at + count), '»'];
          const newLines = ['«', ...more, 'NEW', ...oldLines.slice(1)];
          const [oldText, newText] = [oldLines.join('\n'), newLines.join('\n')];
          const before = [...lines.slice(0, at), oldText, ...lines.slice(at + count), ''].join(
            '\n',
          );
          const after = before.replace(oldText, () => newText);
          const { hunks } = structuredPatch('f', 'f', shown(before), shown(after));
          const [exact = []] = placesInText(before, [{ oldText, newText, all: false }], 1) ?? [];
          const [place] = placesInHunks(
            newText,
            oldText,
            parseHunks(JSON.parse(JSON.stringify(hunks))),
            1,
          );
          expect(exact[0]).toMatchObject({ startLine: at + 1, endLine: at + newLines.length });
          expect(place).toMatchObject({ startLine: at + 1, endLine: at + newLines.length });
        },
      ),
    );
  });
});
