// A week of one person and of a team, minute by minute by an injected clock: what happened is told, and nothing else.
import { afterEach, describe, expect, it } from 'vitest';
import { OWN_RULES } from '../../lib/alerts/alert-rules.ts';
import { gatherAlertFacts } from '../../lib/alerts/alert-facts.ts';
import type { AlertFacts } from '../../lib/alerts/alert-facts.ts';
import { NO_ALERTS } from '../../lib/alerts/alert-state.ts';
import { evaluate } from '../../lib/alerts/evaluation.ts';
import { HOUR, MINUTE, MONDAY, WatchedHome } from './watched-home.ts';

const DAY = 24 * HOUR;
let home: WatchedHome | undefined;
afterEach(() => home?.remove());

/** The minutes of a day on which somebody works: 9 to 12 and 13 to 17, each a few minutes, and a courier lives for one more. */
function works(at: number): boolean {
  const minute = Math.floor((at % DAY) / MINUTE);
  const hour = minute / 60;
  const isWeekend = [0, 6].includes(new Date(at).getUTCDay());
  return !isWeekend && ((hour >= 9 && hour < 12) || (hour >= 13 && hour < 17)) && minute % 10 < 6;
}

interface Week {
  /** True while the server refuses connections. */
  readonly isDown?: (at: number) => boolean;
  /** True while Claude works and no hook runs. */
  readonly isUnrecorded?: (at: number) => boolean;
}

/** `Mon 10:07 rule state` of all that is told in a week, by a real database. Only a courier that lives judges. */
async function weekOf({
  isDown = () => false,
  isUnrecorded = () => false,
}: Week): Promise<string[]> {
  home = new WatchedHome();
  const one = home;
  let lingersUntil = 0;
  for (let minute = 0; minute < 7 * 24 * 60; minute += 1) {
    one.now = MONDAY + minute * MINUTE;
    const isAtWork = works(one.now);
    if (isAtWork && isUnrecorded(one.now)) {
      one.work();
      continue; // no hook, so no courier
    }
    if (isAtWork) {
      one.work();
      one.session();
      one.queue();
      lingersUntil = one.now + 2 * MINUTE;
    }
    const waits = one.database.prepare('SELECT count(*) FROM outbox').pluck().get() !== 0;
    // A laptop is shut after work, whatever waits; in between, a courier stays for an hour because events wait.
    const isShut = ((one.now % DAY) / HOUR + 24) % 24 >= 17.5 || (one.now % DAY) / HOUR < 8.9;
    if (isAtWork && waits) lingersUntil = one.now + HOUR;
    if (isShut || one.now > lingersUntil) continue;
    if (waits) one.request(!isDown(one.now));
    one.courier({ startedAt: one.now, updatedAt: one.now });
    await one.look();
  }
  return one.told.map(
    ({ at, rule, state }) =>
      `${new Date(at).toUTCString().slice(0, 3)} ${at.slice(11, 16)} ${rule} ${state}`,
  );
}

const on = (day: number, from: number, to: number) => (at: number) => {
  const hours = (at - MONDAY) / HOUR + 9 - day * 24;
  return hours >= from && hours < to;
};

describe('a week of one person', () => {
  it('without a fault is told of by nobody, night, lunch and weekend among it', async () => {
    expect(await weekOf({})).toEqual([]);
  });

  it('in which the server is away over an hour on Tuesday, is told of once, beginning and end', async () => {
    const told = await weekOf({ isDown: on(1, 10, 11.5) });
    expect(told.map((line) => line.replace(/\d\d:\d\d /, ''))).toEqual([
      'Tue api_down firing',
      'Tue backlog_age firing',
      'Tue api_down resolved',
      'Tue backlog_age resolved',
    ]);
    expect(told[0]).toMatch(/^Tue 10:0[2-4] /);
  });

  it('in which the server is away only while nobody works, is told of by nobody', async () => {
    expect(await weekOf({ isDown: on(1, 18, 32) })).toEqual([]);
  });

  it('in which the server goes away as the laptop is shut, does not begin the next day with an alarm', async () => {
    expect(await weekOf({ isDown: on(2, 16.92, 32.9) })).toEqual([]);
  });

  it('in which no hook runs on Thursday morning, is told of when the next courier looks', async () => {
    const told = await weekOf({ isUnrecorded: on(3, 9, 12) });
    expect(told.map((line) => line.slice(10))).toEqual([]);
    // A command sees it meanwhile: no courier can tell that there is none.
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
  /** The facts of one machine, of which the outage and its own fault differ. */
  function machine(base: AlertFacts, person: number) {
    const shift = (person % 10) * 7 * MINUTE;
    return (at: number, isDown: boolean, isFull: boolean): AlertFacts => {
      const isBusy = works(at - shift);
      const { value } = base.stored;
      if (!value) throw new Error('there is no database');
      const sinks = value.delivery.sinks.map((sink) =>
        sink.sink.name === 'http' && isDown && isBusy
          ? {
              ...sink,
              lastError: 'it refuses connections',
              outbox: { waiting: 4, dead: 0, failed: 4, oldestAt: at - MINUTE },
              breaker: { ...sink.breaker, lastFailureAt: at },
            }
          : sink,
      );
      return {
        ...base,
        at,
        freeBytes: isFull ? 100_000_000 : 50_000_000_000,
        stored: { error: null, value: { ...value, delivery: { ...value.delivery, sinks } } },
      };
    };
  }

  it('tells each machine that worked of an outage, and one of its full disk; nobody on quiet days', () => {
    home = new WatchedHome();
    const base = gatherAlertFacts(home.sources, {});
    const isDown = on(2, 14, 15);
    const isFull = on(3, 10, 12);
    const told: string[] = [];
    for (let person = 0; person < 50; person += 1) {
      const factsAt = machine(base, person);
      let state = NO_ALERTS;
      for (let minute = 0; minute < 7 * 24 * 60; minute += 1) {
        const at = MONDAY + minute * MINUTE;
        if (!works(at - (person % 10) * 7 * MINUTE)) continue;
        const found = evaluate(
          OWN_RULES,
          factsAt(at, isDown(at), person === 7 && isFull(at)),
          state,
        );
        ({ state } = found);
        const day = new Date(at).toUTCString().slice(0, 3);
        told.push(...found.news.map((news) => `${person} ${day} ${news.rule.id} ${news.state}`));
      }
    }
    const people = (text: string) =>
      new Set(told.filter((line) => line.includes(text)).map((line) => line.split(' ')[0]));
    expect(people('Wed api_down firing').size).toBe(50);
    expect(people('Wed api_down resolved').size).toBe(50);
    expect([...people('disk')]).toEqual(['7']);
    expect(told.filter((line) => /Mon|Tue|Fri|Sat|Sun/.test(line))).toEqual([]);
  });
});
