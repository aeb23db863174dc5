import type { Database } from '../../database/database.ts';
import { deliveryDays, deliveryFigures, NO_DELIVERY, waitingNow } from './delivery-figures.ts';
import type { DeliveryFigures } from './delivery-figures.ts';
import { NO_STATISTICS, statisticsOf } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import type { Price } from './tokens.ts';

/** From a moment on, before another; both in milliseconds since 1970 UTC. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

/** What Claude did in a time, and how delivery went. Delivery belongs to no project. */
export interface PeriodFigures {
  readonly statistics: Statistics;
  readonly delivery: DeliveryFigures;
}

/** The numbers of a day: 2026-11-01. */
export interface ReportDay {
  readonly day: string;
  readonly calls: number;
  readonly successRate: number | null;
  readonly linesWritten: number;
  /** All kinds together. */
  readonly tokens: number;
  readonly delivery: DeliveryFigures | null;
}

/** What a report tells. */
export interface PeriodReport {
  readonly current: PeriodFigures;
  readonly previous: PeriodFigures;
  /** The days that have numbers. */
  readonly days: readonly ReportDay[];
  /** Events that wait for a sink now. */
  readonly waiting: number;
}

/** What a report is about. */
export interface ReportChoice {
  readonly current: Period;
  readonly previous: Period;
  /** The time that is shown day by day. */
  readonly days: Period;
  readonly projectIds?: readonly number[] | undefined;
  readonly prices?: readonly Price[] | undefined;
}

/** The numbers where nothing was recorded. */
export const NO_REPORT: PeriodReport = {
  current: { statistics: NO_STATISTICS, delivery: NO_DELIVERY },
  previous: { statistics: NO_STATISTICS, delivery: NO_DELIVERY },
  days: [],
  waiting: 0,
};

/** The numbers of a report. */
export function periodReport(
  database: Database,
  { current, previous, days, projectIds, prices }: ReportChoice,
): PeriodReport {
  return database.transaction(() => {
    const figures = ({ since, until }: Period): PeriodFigures => ({
      statistics: statisticsOf(database, { since, until, projectIds }, { prices }),
      delivery: deliveryFigures(database, since, until),
    });
    const groups = statisticsOf(database, { ...days, projectIds }, { by: 'day' }).groups;
    const deliveries = new Map(
      deliveryDays(database, days.since, days.until).map(({ day, ...of }) => [day, of]),
    );
    const worked = new Map(groups.map((group) => [group.key ?? '', group]));
    const names = [...new Set([...worked.keys(), ...deliveries.keys()])].toSorted();
    return {
      current: figures(current),
      previous: figures(previous),
      days: names.map((day) => {
        const { calls, successRate = null, linesWritten, tokens } = worked.get(day) ?? {};
        const { input = 0, output = 0, cacheCreation = 0, cacheRead = 0 } = tokens ?? {};
        return {
          day,
          calls: calls ?? 0,
          successRate,
          linesWritten: linesWritten ?? 0,
          tokens: input + output + cacheCreation + cacheRead,
          delivery: deliveries.get(day) ?? null,
        };
      }),
      waiting: waitingNow(database),
    };
  })();
}
