import type { Database } from '../../database/database.ts';
import { SLOT_MS } from '../../database/schema-parts/statistics-schema.ts';
import { filterValues, totalsSource } from './totals-source.ts';
import type { StatisticsFilter } from './totals-source.ts';

/** The calls of one hour of the week, in the zone of this machine. */
export interface WeekHour {
  /** 0 is Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly calls: number;
}

/** When calls ended, by the hour of the week; hours without a call are left out. */
export function callsByWeekHour(database: Database, filter: StatisticsFilter): WeekHour[] {
  const slots = database
    .prepare<[Record<string, string>], { slot: number; calls: number }>(
      `SELECT slot, sum(calls) AS calls FROM (${totalsSource('call_totals', filter)}) part GROUP BY slot`,
    )
    .all(filterValues(filter));
  const sums = new Map<number, number>();
  for (const { slot, calls } of slots) {
    const at = new Date(slot * SLOT_MS);
    const key = ((at.getDay() + 6) % 7) * 24 + at.getHours();
    sums.set(key, (sums.get(key) ?? 0) + calls);
  }
  return [...sums]
    .toSorted(([one], [other]) => one - other)
    .map(([key, calls]) => ({ weekday: Math.floor(key / 24), hour: key % 24, calls }));
}
