import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSince } from '../../../lib/cli/arguments/since.ts';
import { DAY, HOUR, MINUTE, NOW } from '../sample-database.ts';

describe('parseSince', () => {
  it.each([
    ['30s', NOW - 30_000],
    ['30m', NOW - 30 * MINUTE],
    ['90min', NOW - 90 * MINUTE],
    ['2h', NOW - 2 * HOUR],
    ['1.5h', NOW - 1.5 * HOUR],
    ['3 d', NOW - 3 * DAY],
    ['1w', NOW - 7 * DAY],
    ['2026-11-01T10:00Z', Date.UTC(2026, 10, 1, 10)],
    ['2026-11-01 10:00:30+02:00', Date.UTC(2026, 10, 1, 8, 0, 30)],
    ['2026-11-01', new Date(2026, 10, 1).getTime()], // the day where the user is
  ])('%s is a moment', (text, at) => {
    expect(parseSince(text, NOW)).toBe(at);
  });

  it.each(['', 'soon', '2', '2x', '-2h', 'h', '2026', '2026-13-01', '2026-11-01T', '11/01/2026'])(
    '"%s" is none',
    (text) => {
      expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    },
  );

  it('gives a number or an E_USAGE for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseSince(text, NOW)).toBeTypeOf('number');
        } catch (error) {
          expect(error).toMatchObject({ code: 'E_USAGE' });
        }
      }),
    );
  });
});
