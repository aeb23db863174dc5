import { describe, expect, it } from 'vitest';
import { timeSpanOf } from '../../../lib/dashboard/server/time-span.ts';

const NOW = new Date(2026, 10, 24, 15, 30).getTime();
const day = (date: number) => new Date(2026, 10, date).getTime();

describe('the time that a URL names', () => {
  it.each([
    ['', day(18), undefined],
    ['range=today', day(24), undefined],
    ['range=7d', day(18), undefined],
    ['range=30d', new Date(2026, 9, 26).getTime(), undefined],
    ['range=all', undefined, undefined],
    ['range=nonsense', day(18), undefined],
    ['from=2026-11-02&to=2026-11-03', day(2), day(4)],
    ['to=2026-11-03', undefined, day(4)],
    ['from=yesterday', day(18), undefined],
  ])('of "%s" begins and ends as it says', (query, since, until) => {
    expect(timeSpanOf(new URLSearchParams(query), NOW)).toEqual({ since, until });
  });
});
