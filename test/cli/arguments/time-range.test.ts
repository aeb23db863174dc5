import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timeRangeOf } from '../../../lib/cli/arguments/time-range.ts';
import { DAY, HOUR, MINUTE } from '../sample-database.ts';

/** Thursday, 26 November 2026, 15:30 in the user's zone. */
const NOW = () => new Date(2026, 10, 26, 15, 30).getTime();

const ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland'];
let zone: string | undefined;
beforeEach(() => {
  zone = process.env['TZ'];
});
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

function local(month: number, day: number, hour = 0, minute = 0): number {
  return new Date(2026, month - 1, day, hour, minute).getTime();
}

async function since(text: string, now = NOW()): Promise<number | undefined> {
  return (await timeRangeOf({ since: text }, now)).since;
}

async function until(text: string, now = NOW()): Promise<number | undefined> {
  return (await timeRangeOf({ until: text }, now)).until;
}

describe.each(ZONES)('in %s', (name) => {
  beforeEach(() => {
    process.env['TZ'] = name;
  });

  it.each<[string, () => number]>([
    ['30s', () => NOW() - 30_000],
    ['30m', () => NOW() - 30 * MINUTE],
    ['90min', () => NOW() - 90 * MINUTE],
    ['1.5h', () => NOW() - 1.5 * HOUR],
    ['3 d', () => NOW() - 3 * DAY],
    ['1w', () => NOW() - 7 * DAY],
    ['5 minutes ago', () => NOW() - 5 * MINUTE],
    ['an hour ago', () => NOW() - HOUR],
    ['2 days ago', () => NOW() - 2 * DAY],
    ['2 days', () => NOW() - 2 * DAY],
    ['90 minutes', () => NOW() - DAY / 16],
    ['last week', () => NOW() - 7 * DAY],
    ['now', () => NOW()],
    ['2026-11-01T10:00Z', () => Date.UTC(2026, 10, 1, 10)],
    ['2026-11-01 10:00:30+02:00', () => Date.UTC(2026, 10, 1, 8, 0, 30)],
    ['2026-11-01 10:00', () => local(11, 1, 10)],
    ['10:30', () => local(11, 26, 10, 30)],
    ['16:00', () => local(11, 25, 16)], // the last one, because it is 15:30 now
    ['midnight', () => local(11, 26)],
    ['this morning', () => local(11, 26, 6)],
    ['yesterday 14:00', () => local(11, 25, 14)],
    ['yesterday evening', () => local(11, 25, 20)],
    ['last friday at 3pm', () => local(11, 20, 15)],
  ])('"%s" is a moment, for --since and for --until', async (text, at) => {
    expect([await since(text), await until(text)]).toEqual([at(), at()]);
  });

  it.each<[string, () => number, () => number]>([
    ['today', () => local(11, 26), () => local(11, 27)],
    ['yesterday', () => local(11, 25), () => local(11, 26)],
    ['Yesterday', () => local(11, 25), () => local(11, 26)],
    ['last monday', () => local(11, 23), () => local(11, 24)],
    ['monday', () => local(11, 23), () => local(11, 24)],
    ['saturday', () => local(11, 21), () => local(11, 22)], // the last one, not the nearest
    ['nov 1', () => local(11, 1), () => local(11, 2)],
    ['1 November 2026', () => local(11, 1), () => local(11, 2)],
    ['dec 25', () => new Date(2025, 11, 25).getTime(), () => new Date(2025, 11, 26).getTime()],
    ['may', () => local(5, 1), () => local(6, 1)],
    ['2026-11-01', () => local(11, 1), () => local(11, 2)],
  ])('--since "%s" begins with it, --until ends with it', async (text, from, to) => {
    expect([await since(text), await until(text)]).toEqual([from(), to()]);
  });
});

it('gives the days on which the clocks change their 23 and 25 hours', async () => {
  process.env['TZ'] = 'Europe/Berlin';
  const monday = local(10, 26, 0, 10); // the clocks were set back on Sunday
  const range = await timeRangeOf({ since: 'yesterday', until: 'yesterday' }, monday);
  expect(range).toEqual({ since: local(10, 25), until: local(10, 26) });
  expect((range.until ?? 0) - (range.since ?? 0)).toBe(25 * HOUR);
  const march = await timeRangeOf({ since: '2026-03-29', until: '2026-03-29' }, NOW());
  expect((march.until ?? 0) - (march.since ?? 0)).toBe(23 * HOUR);
  expect(await since('24 hours ago', monday)).toBe(monday - DAY);
  const afterChange = Date.UTC(2026, 2, 29, 1, 0, 5); // ten minutes before, the clocks showed another hour
  expect(await since('10 minutes ago', afterChange)).toBe(afterChange - 10 * MINUTE);
  expect(await since('an hour ago', afterChange)).toBe(afterChange - HOUR);
});

describe('what it refuses', () => {
  it.each([
    '',
    ' ',
    'soon',
    '2',
    '2x',
    '-2h',
    'h',
    '2026',
    '2026-13-01',
    '2026-02-30',
    '2026-11-01T',
    '11/01/2026',
    '01.11.2026',
    'since monday',
    'yesterday or so',
    'nov 1 - nov 3',
    'this week',
    'end of last week',
    'yesterday at 25:00',
  ])('"%s", with examples', async (text) => {
    for (const flag of ['since', 'until']) {
      await expect(timeRangeOf({ [flag]: text }, NOW())).rejects.toMatchObject({
        code: 'E_USAGE',
        message: `--${flag} is "${text}"`,
        hint: expect.stringContaining('yesterday, "2 days ago", "last monday", 2026-11-01'),
      });
    }
  });

  it.each(['tomorrow', 'in 2 hours', 'next monday', '2027-01-01', 'today at 16:00'])(
    '--since "%s", because it is still to come',
    async (text) => {
      await expect(since(text)).rejects.toMatchObject({
        code: 'E_USAGE',
        message: expect.stringMatching(/^--since is in the future: 202\d-\d\d-\d\d \d\d:\d\d:00$/),
      });
      expect(await until(text)).toBeGreaterThan(NOW());
    },
  );

  it.each([
    ['yesterday', '2 days ago'],
    ['2026-11-02', '2026-11-01'],
    ['2h', '2h'],
  ])('--since %s --until %s, which is no time at all', async (from, to) => {
    await expect(timeRangeOf({ since: from, until: to }, NOW())).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/^--until \(2026-.*\) is not after --since \(2026-.*\)$/),
    });
  });

  it('is said with E_USAGE for any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        try {
          expect(await until(text)).toBeTypeOf('number');
        } catch (error) {
          expect(error).toMatchObject({ code: 'E_USAGE' });
        }
      }),
    );
  });
});
