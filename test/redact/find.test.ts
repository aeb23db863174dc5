import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkBudget } from '../../lib/redact/budget.ts';
import { createSecretFinder, withoutOverlaps } from '../../lib/redact/find.ts';
import { createTriggerScanner } from '../../lib/redact/scan.ts';
import { PREFIX_VECTORS, SECRETLINT_VECTORS } from './secret-vectors.ts';

const finder = createSecretFinder();
const find = (text: string) => finder(text, new WorkBudget()).secrets;

describe('what the rules of secretlint know', () => {
  it.each(SECRETLINT_VECTORS)('is found to its end: $rule', ({ text, secret }) => {
    const end = text.indexOf(secret) + secret.length;
    expect(find(text).some((found) => found.start < end && found.end >= end)).toBe(true);
  });
});

describe('tokens known by a fixed part', () => {
  it.each(PREFIX_VECTORS)('are found: $rule $prefix', ({ text, secret }) => {
    expect(find(text).map(({ start, end }) => text.slice(start, end))).toEqual([secret]);
  });
});

describe('withoutOverlaps', () => {
  it('makes one of findings that overlap, with the name that says most', () => {
    expect(
      withoutOverlaps('0123456789', [
        { start: 2, end: 6, kind: 'assignment' },
        { start: 4, end: 8, kind: 'jwt' },
        { start: 8, end: 9, kind: 'npm-token' },
      ]),
    ).toEqual([
      { start: 2, end: 8, kind: 'jwt' },
      { start: 8, end: 9, kind: 'npm-token' },
    ]);
  });

  it('drops what touches a marker', () => {
    const text = 'ab[redacted:jwt]cd[redacted:x]';
    const at = (start: number, end: number) =>
      withoutOverlaps(text, [{ start, end, kind: 'k' }]).length;
    expect([at(0, 2), at(0, 3), at(15, 17), at(16, 18), at(0, 30), at(16, 19)]).toEqual([
      1, 0, 0, 1, 0, 0,
    ]);
  });
});

describe('the pass before', () => {
  it('finds each word wherever it stands, also inside another', () => {
    const words = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'c'), minLength: 1, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    const texts = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'c', 'é'), maxLength: 30 });
    fc.assert(
      fc.property(words, texts, (list, text) => {
        const hits: string[] = [];
        createTriggerScanner(list).scan(text, (word, at) => hits.push(`${word} ${at}`) > 0);
        const expected = list.flatMap((word, index) =>
          text.split('').flatMap((_, at) => {
            const there = text.slice(at, at + word.length);
            const same =
              word === word.toLowerCase() ? there.toLowerCase() === word : there === word;
            return same ? [`${index} ${at}`] : [];
          }),
        );
        expect(hits.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});
