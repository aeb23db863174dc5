import { startOfDay } from '../../base/time-text.ts';

/** A time that rows are chosen by, in milliseconds since 1970; undefined where it is open. */
export interface TimeSpan {
  readonly since: number | undefined;
  /** The first moment that is too late. */
  readonly until: number | undefined;
}

const DAY = 86_400_000;

/** The ranges that a page offers, by their names in the URL. */
export const RANGES: Readonly<Record<string, { readonly title: string; readonly days: number }>> = {
  today: { title: 'Today', days: 1 },
  '7d': { title: '7 days', days: 7 },
  '30d': { title: '30 days', days: 30 },
};

/** The range of a URL that names none. */
export const USUAL_RANGE = '7d';

/**
 * The time that a URL names: `range`, or the days `from` and `to` (2026-11-01, both whole, in the zone of this machine).
 * `range=all` is open. Anything else is the usual range.
 */
export function timeSpanOf(
  query: URLSearchParams,
  now: number,
  usualRange = USUAL_RANGE,
): TimeSpan {
  const from = dayOf(query.get('from'));
  const to = dayOf(query.get('to'));
  if (from !== undefined || to !== undefined) {
    return { since: from, until: to === undefined ? undefined : nextDay(to) };
  }
  const name = query.get('range') ?? usualRange;
  if (name === 'all') return { since: undefined, until: undefined };
  const { days } = RANGES[name] ?? { days: 7 };
  return { since: startOfDay(now - (days - 1) * DAY), until: undefined };
}

// --- internal ---

function dayOf(text: string | null): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '') ?? [];
  if (year === undefined) return undefined;
  const at = new Date(Number(year), Number(month) - 1, Number(day)).getTime();
  return Number.isNaN(at) ? undefined : at;
}

function nextDay(at: number): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
}
