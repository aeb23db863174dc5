// A week of a team, minute by minute by an injected clock: what happened is told, and nothing else.
import { afterEach, describe, expect, it } from 'vitest';
import { OWN_RULES } from '../../lib/alerts/alert-rules.ts';
import { gatherAlertFacts } from '../../lib/alerts/alert-facts.ts';
import type { AlertFacts } from '../../lib/alerts/alert-facts.ts';
import { NO_ALERTS } from '../../lib/alerts/alert-state.ts';
import { evaluate } from '../../lib/alerts/evaluation.ts';
import { HOUR, MINUTE, MONDAY, WatchedHome } from './watched-home.ts';

const DAY = 24 * HOUR;
const SHUT = 17 + 2 / 60;
let home: WatchedHome | undefined;
afterEach(() => home?.remove());

/** The minutes in which Claude works: from 9 to 12 and from 13 to 17, six in each half hour. The laptop is shut at 17:02. */
function works(at: number): boolean {
  const minute = Math.floor((at % DAY) / MINUTE);
  const hour = minute / 60;
  const isWeekend = [0, 6].includes(new Date(at).getUTCDay());
  return !isWeekend && ((hour >= 9 && hour < 12) || (hour >= 13 && hour < SHUT)) && minute % 30 < 6;
}

const on = (day: number, from: number, to: number) => (at: number) => {
  const hours = (at - MONDAY) / HOUR + 9 - day * 24;
  return hours >= from && hours < to;
};

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
