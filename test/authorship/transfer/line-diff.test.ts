import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedBlocks } from '../../../lib/authorship/transfer/line-diff.ts';
import { lineKey } from '../../../lib/authorship/transfer/line-key.ts';

const text = fc.array(
  fc.constantFrom(
    '',
    '}',
    '  }',
    'return one;',
    '  return one;',
    'call(two);',
    'if (three) {',
    'four',
  ),
  { maxLength: 24 },
);

describe('changedBlocks', () => {
  it('leaves out only lines that are the same but for their format', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (old, now, mayShift) => {
        let [oldAt, newAt] = [0, 0];
        const kept: (readonly [string, string])[] = [];
        const to = (oldEnd: number, newEnd: number): void => {
          expect(newEnd - newAt).toBe(oldEnd - oldAt);
          for (; newAt < newEnd; newAt += 1) kept.push([old[oldAt++] ?? '', now[newAt] ?? '']);
        };
        for (const block of changedBlocks(old, now, mayShift)) {
          to(block.oldStart, block.newStart);
          [oldAt, newAt] = [block.oldEnd, block.newEnd];
        }
        to(old.length, now.length);
        for (const [before, after] of kept) expect(lineKey(after)).toBe(lineKey(before));
      }),
    );
  });

  it('finds nothing in equal texts', () => {
    fc.assert(
      fc.property(text, (lines) => {
        expect(changedBlocks(lines, [...lines])).toEqual([]);
      }),
    );
  });

  it('takes an added function for a whole one', () => {
    const one = ['function one() {', '  call();', '}', ''];
    const two = ['function two() {', '  call();', '}', ''];
    expect(changedBlocks([...one, 'end'], [...one, ...two, 'end'])).toEqual([
      { oldStart: 4, oldEnd: 4, newStart: 4, newEnd: 8 },
    ]);
  });

  it('takes a bracket between two new lines for new, and one between changed lines for kept', () => {
    const old = ['alpha(one, two);', '}', 'beta(three, four);'];
    expect(changedBlocks(old, ['import x from "y";', '}', 'export class Z'])).toHaveLength(1);
    expect(changedBlocks(old, ['alpha(one, six);', '}', 'beta(three, six);'])).toHaveLength(2);
  });

  it('treats a great difference as one block', () => {
    const numbers = (from: number): string[] =>
      Array.from({ length: 400 }, (_, at) => `${from + at}`);
    expect(changedBlocks(numbers(1000), numbers(5000))).toHaveLength(1);
  });
});
