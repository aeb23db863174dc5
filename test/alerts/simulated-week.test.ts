// A week of one person and of a team of fifty, minute by minute by an injected clock: alerts, the lists of the mornings
// and the report of the week tell what happened, and nothing else.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { SimulatedPerson } from './simulated-person.ts';
import type { Lived, Week } from './simulated-person.ts';
import { HOUR, MINUTE, MONDAY, WatchedHome } from './watched-home.ts';

const DAY = 24 * HOUR;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Next'];
let home: WatchedHome | undefined;
let api: FaultyApi;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  api = await new FaultyApi().up();
});
afterEach(async () => {
  home?.remove();
  for (const end of ends.splice(0)) await end();
  await api.down();
});

/** The minutes of workdays in which Claude works: the first three from each of these on, as hours of the day. */
const worksFrom =
  (...starts: readonly number[]) =>
  (at: number) => {
    const isWeekend = [0, 6].includes(new Date(at).getUTCDay());
    const minute = Math.floor((at % DAY) / MINUTE);
    return !isWeekend && starts.some((start) => minute >= start * 60 && minute < start * 60 + 3);
  };

/** From an hour of a day of the week on, before another: day 1 is Tuesday. */
const on = (day: number, from: number, to: number) => (at: number) => {
  const hours = (at - MONDAY) / HOUR + 9 - day * 24;
  return hours >= from && hours < to;
};

async function weekOf(week: Week, works: (at: number) => boolean): Promise<Lived> {
  const person = new SimulatedPerson(api.url, works);
  try {
    return await person.live(MONDAY, week);
  } finally {
    await person.remove();
  }
}

/** The days of which something is told, by an alert, the list of the morning or the report of the week. */
function loudDays({ told, mornings, days }: Lived): string[] {
  return DAYS.filter((day) => {
    const reported = days[day];
    const isDelivered = reported === undefined || reported.captured === reported.delivered;
    const isWell = (reported?.trips ?? 0) === 0 && (reported?.successRate ?? 1) === 1;
    const isTold = told.some((line) => line.startsWith(day)) || mornings[day]?.length !== 0;
    return isTold || !isDelivered || !isWell;
  });
}

describe('a week of one person', () => {
  const one = async (week: Week = {}) => await weekOf(week, worksFrom(9, 10, 11, 14, 16.95));

  it('without a fault is told of by nobody, nights and the weekend among it', async () => {
    const lived = await one();
    expect(loudDays(lived)).toEqual([]);
    expect(Object.values(lived.days).map(({ delivered }) => delivered)).toEqual(
      Array.from({ length: 5 }, () => 15),
    );
  });

  it('in which the server is away over an hour on Tuesday, is told of once, beginning and end', async () => {
    const lived = await one({ isDown: on(1, 10, 11.5) });
    expect(loudDays(lived)).toEqual(['Tue', 'Wed']);
    expect(lived.told).toEqual([
      'Tue api_down firing',
      'Tue backlog_age firing',
      'Tue api_down resolved',
      'Tue backlog_age resolved',
    ]);
    expect(lived.mornings['Wed']).toEqual(['breaker warn']); // it has tripped since yesterday
    const tuesday = lived.days['Tue'];
    expect(tuesday).toMatchObject({ captured: 15, delivered: 15 });
    expect(tuesday?.successRate).toBeLessThan(0.5);
    expect(tuesday?.trips).toBeGreaterThan(0);
  });

  it('in which the server is away while nobody works, or from when the laptop is shut on, begins no day with an alarm', async () => {
    const isDown = (at: number) => on(1, 18, 32)(at) || on(2, 17.03, 32.9)(at);
    expect(loudDays(await one({ isDown }))).toEqual([]);
  });

  it('in which couriers are killed on Thursday, is told of by those that come after', async () => {
    const lived = await one({ isKilled: on(3, 10, 11.5) });
    expect(loudDays(lived)).toEqual(['Thu']);
    expect(lived.told).toEqual([
      'Thu courier_crash_loop firing',
      'Thu courier_crash_loop resolved',
    ]);
  });
});

it('what no courier can tell is seen by whoever looks', async () => {
  home = new WatchedHome();
  home.work();
  home.now += 3 * HOUR;
  home.work();
  expect(home.alerts).toEqual({ recording_stopped: 'firing' });
  home.now += 60 * HOUR;
  home.courier({});
  expect(home.alerts).toEqual({});
});

describe('a week of fifty people', () => {
  const isDown = on(2, 13.9, 14.3);
  const tens = Array.from({ length: 5 }, (_, ten) => ten * 10);

  it.each(tens)(
    'tells each of the ten from %i on of an outage, one of their own fault, and nobody of anything on quiet days',
    async (first) => {
      for (let person = first; person < first + 10; person += 1) {
        const isSeventh = person === 7;
        const shift = (person % 10) / 60;
        const works = worksFrom(9 + 5 * shift, 14 + shift, 16 + shift);
        const isKilled = on(3, 9, isSeventh ? 12 : 9);
        const lived = await weekOf({ isDown, isKilled }, works);
        expect(loudDays(lived), `${person}`).toEqual(['Wed', 'Thu']);
        expect(lived.told, `${person}`).toEqual([
          'Wed api_down firing',
          'Wed api_down resolved',
          ...(isSeventh
            ? ['Thu courier_crash_loop firing', 'Thu courier_crash_loop resolved']
            : []),
        ]);
        expect(lived.mornings['Thu'], `${person}`).toEqual(['breaker warn']);
        expect(lived.days['Wed'], `${person}`).toMatchObject({ captured: 9, delivered: 9 });
      }
    },
  );
});
