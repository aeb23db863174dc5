import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullJitter, parseRetryAfter } from '../../../lib/delivery/breaker/backoff.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const WAITS = { baseMs: 1_000, maxMs: 300_000 };
const almostOne = () => 1 - Number.EPSILON;

describe('fullJitter', () => {
  it('doubles the bound with each failure up to the longest wait', () => {
    const bounds = [1, 2, 3, 8, 9, 10, 5_000].map((n) => fullJitter(n, WAITS, almostOne));
    expect(bounds).toEqual([1_000, 2_000, 4_000, 128_000, 256_000, 300_000, 300_000]);
  });

  it('may not wait at all', () => {
    expect(fullJitter(9, WAITS, () => 0)).toBe(0);
  });

  it('spreads evenly below the bound', () => {
    expect([0.25, 0.5, 0.75].map((at) => fullJitter(3, WAITS, () => at))).toEqual([
      1_000, 2_000, 3_000,
    ]);
  });

  it('gives whole milliseconds from 0 to the bound, whatever the numbers', () => {
    const settings = fc.record({
      attempt: fc.integer({ min: 1, max: 100_000 }),
      baseMs: fc.integer({ min: 1, max: 60_000 }),
      maxMs: fc.integer({ min: 1, max: 86_400_000 }),
      drawn: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(settings, ({ attempt, drawn, ...waits }) => {
        const wait = fullJitter(attempt, waits, () => drawn);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(waits.maxMs, waits.baseMs * 2 ** (attempt - 1)));
      }),
    );
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sunday, 01-Mar-26 12:00:30 GMT', 30_000],
    ['Sun Mar  1 12:00:30 2026', 30_000], // asctime, which is UTC too
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0], // over already
  ])('reads %j', (header, wait) => {
    expect(parseRetryAfter(header, NOW)).toBe(wait);
  });

  it.each([
    undefined,
    '',
    '  ',
    'soon',
    'soon 5',
    'after Sun, 01 Mar 2026 12:00:30 GMT',
    '-5',
    '5 minutes',
    '1e3',
    '0x10',
    'Sun, never',
  ])('makes nothing of %j', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined();
  });

  it('makes nothing of a number that no time can hold', () => {
    expect(parseRetryAfter('9'.repeat(400), NOW)).toBeUndefined();
    expect(parseRetryAfter('9'.repeat(17), NOW)).toBeUndefined();
  });

  it('gives a wait or nothing for any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, now) => {
        const wait = parseRetryAfter(text, now) ?? 0;
        expect(Number.isFinite(wait) && wait >= 0).toBe(true);
      }),
    );
  });
});
