import { afterEach, describe, expect, it, vi } from 'vitest';
import { ago, dateText, span, startOfDay } from '../../lib/base/time-text.ts';
import { DAY, HOUR, MINUTE, NOW } from '../cli/sample-database.ts';

describe('ago', () => {
  it.each([
    [0, 'now'],
    [-30_000, 'now'],
    [-2 * HOUR, 'in 2 h'],
    [1_000, '1 s ago'],
    [9_999, '9 s ago'],
    [59_999, '59 s ago'],
    [MINUTE, '1 min ago'],
    [HOUR - 1, '59 min ago'],
    [HOUR, '1 h ago'],
    [DAY, '1 d ago'],
    [59 * DAY, '59 d ago'],
    [60 * DAY, '2026-09-25'],
  ])('%d ms before now is %s', (past, text) => {
    expect(ago(NOW - past, NOW)).toBe(text);
  });
});

describe('the day of a time', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['UTC', '2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-25', '2026-11-24T10:00:00.000Z'],
    ['America/Los_Angeles', '2026-11-24', '2026-11-24T08:00:00.000Z'],
  ])('is the one in %s', (zone, day, start) => {
    vi.stubEnv('TZ', zone);
    expect([dateText(NOW), new Date(startOfDay(NOW)).toISOString()]).toEqual([day, start]);
    expect(ago(NOW, NOW + 60 * DAY)).toBe(day);
  });
});

describe('span', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '0 ms'],
    [16.2, '16 ms'],
    [999.6, '1 s'],
    [1_000, '1 s'],
    [1_290, '1.2 s'],
    [61_000, '1 min'],
    [3 * DAY, '3 d'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text);
  });
});
