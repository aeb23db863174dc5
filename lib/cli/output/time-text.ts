import { UsageError } from '../arguments/usage-error.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
};

/** How long ago, for people: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`, then the date. */
export function ago(at: number, now: number): string {
  const past = now - at;
  if (past < -MINUTE) return `in ${span(-past)}`; // a clock was set
  if (past < SECOND) return 'now';
  if (past < 60 * DAY) return `${span(past < MINUTE ? past - (past % SECOND) : past)} ago`;
  return new Date(at).toISOString().slice(0, 10);
}

/** A length of time for people, in its largest unit: `250 ms`, `1.2 s`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function span(milliseconds: number): string {
  if (Math.round(milliseconds) < SECOND) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10 * SECOND) {
    return `${(Math.floor(Math.round(milliseconds) / 100) / 10).toString().replace(/\.0$/, '')} s`;
  }
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} d`;
}

/**
 * The moment that `--since` names, in milliseconds: a length of time back from now, or a date.
 *
 * @throws UsageError for anything else.
 */
export function parseSince(text: string, now: number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)$/.exec(text) ?? [];
  if (count && unit) return now - Number(count) * (UNITS[unit] ?? 0);
  if (/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) {
    // A bare date would be read as UTC; a person means the day where they are.
    const at = Date.parse(text.length === 10 ? `${text}T00:00` : text);
    if (!Number.isNaN(at)) return at;
  }
  throw new UsageError(
    `--since is "${text}"`,
    'Expected a length of time such as 30m, 2h, 3d, 1w, or a date such as 2026-11-01.',
  );
}
