import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, NO_LINE } from '../../../lib/authorship/author.ts';
import { stepsOf } from '../../../lib/authorship/payload/change-steps.ts';
import { hunkSplices, textUnderHunks } from '../../../lib/authorship/payload/hunk-text.ts';
import { applySplices } from '../../../lib/authorship/transfer/splice.ts';
import { parseHunks } from '../../../lib/event/hunk.ts';

const characters = fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' '), maxLength: 30 });

describe('the steps of an Edit', () => {
  it('make the text that the replacement makes, and find its lines', () => {
    fc.assert(
      fc.property(
        characters,
        characters,
        characters,
        characters,
        fc.boolean(),
        (head, oldText, tail, newText, everywhere) => {
          fc.pre(oldText !== '' && newText !== '');
          const text = head + oldText + tail;
          const change = {
            path: '/a',
            before: text,
            did: { kind: 'replace' as const, replacements: [{ oldText, newText, everywhere }] },
            hunks: [],
            isToolDiff: true,
            isProgram: false,
            kind: 'authored' as const,
          };
          const lines = linesOf(text);
          const [step] = stepsOf(change);
          const written = step?.(lines) ?? [];
          const { lines: after, starts } = applySplices(lines, written);
          const expected = everywhere
            ? text.replaceAll(oldText, () => newText)
            : text.replace(oldText, () => newText);
          expect(after.join('\n')).toBe(expected);
          for (const [index, { range, code }] of written.entries()) {
            const first = (starts[index] ?? 0) + (range?.first ?? 0);
            const last = (starts[index] ?? 0) + (range?.last ?? 0);
            const place = after.slice(first, last + 1).join('\n');
            expect(place).toContain(code.replace(/^\n+/, '').replace(/\n$/, ''));
          }
        },
      ),
    );
  });
});

describe('the text under a diff', () => {
  const hunks = parseHunks([
    { oldStart: 3, newStart: 3, lines: [' c', '-d', '+D', ' e'] },
    { oldStart: 8, newStart: 8, lines: [' h', '+i'] },
  ]);

  it('is what is known, if the diff fits it', () => {
    const known = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ''];
    expect(textUnderHunks(known, hunks)).toBe(known);
    const { lines } = applySplices(known, hunkSplices(hunks));
    expect(lines).toEqual(['a', 'b', 'c', 'D', 'e', 'f', 'g', 'h', 'i', '']);
  });

  it('has the lines of the diff at their places when nothing is known', () => {
    const no = NO_LINE;
    expect(textUnderHunks(undefined, hunks)).toEqual([no, no, 'c', 'd', 'e', no, no, 'h', no]);
  });

  it('follows what was added unseen', () => {
    const known = ['b', 'c', 'd', 'e', 'f', 'g', 'h', ''];
    expect(textUnderHunks(known, hunks)).toEqual(['b', NO_LINE, 'c', 'd', 'e', 'f', 'g', 'h', '']);
  });
});
