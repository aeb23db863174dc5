import { dateText, startOfDay } from '../../base/time-text.ts';
import type { Period } from '../../store/queries/statistics/period-report.ts';

/** How much time a report is about. */
export const REPORT_LENGTHS = { daily: 1, weekly: 7, monthly: 30 } as const;

/** One of {@link REPORT_LENGTHS}. */
export type ReportLength = keyof typeof REPORT_LENGTHS;

/** The times of a report. */
export interface ReportPeriods {
  readonly current: Period;
  /** As long, and right before. */
  readonly previous: Period;
  /** What is shown day by day. */
  readonly days: Period;
}

/** The days up to that of `at`, which belongs to them. `at` is in milliseconds since 1970. */
export function periodsUpTo(at: number, length: ReportLength): ReportPeriods {
  const count = REPORT_LENGTHS[length];
  const until = dayAfter(at, 1);
  const since = dayAfter(at, 1 - count);
  return {
    current: { since, until },
    previous: { since: dayAfter(at, 1 - 2 * count), until: since },
    days: { since: dayAfter(at, 1 - Math.max(count, LEAST_DAYS)), until },
  };
}

/** Every day of a period: `2026-11-01`. */
export function namedDays({ since, until }: Period): string[] {
  const days: string[] = [];
  for (let at = since; at < until; at = dayAfter(at, 1)) days.push(dateText(at));
  return days;
}

/** A period for people: `2026-11-24`, `2026-11-18 to 2026-11-24`. */
export function periodText(period: Period): string {
  const [first = '', last = first] = [namedDays(period)[0], namedDays(period).at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

// --- internal ---

/** A day alone is no trend. */
const LEAST_DAYS = 7;

/** When the day begins that is `days` later, in the zone of this machine: days have 23 to 25 hours. */
function dayAfter(at: number, days: number): number {
  const date = new Date(startOfDay(at));
  return date.setDate(date.getDate() + days);
}
