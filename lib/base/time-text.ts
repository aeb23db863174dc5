const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago `at` was, for people: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`, and the date
 * from 60 days on, in the zone of this machine. Both are milliseconds since 1970.
 */
export function ago(at: number, now: number): string {
  const past = now - at;
  if (past < -MINUTE) return `in ${span(-past)}`; // a clock was set
  if (past < SECOND) return 'now';
  if (past < 60 * DAY) return `${span(past < MINUTE ? past - (past % SECOND) : past)} ago`;
  return dateText(at);
}

/** The day of a time in milliseconds since 1970, in the zone of this machine: `2026-11-01`. */
export function dateText(at: number): string {
  return localTime(at).slice(0, 10);
}

/** A time in milliseconds since 1970, in the zone of this machine: `2026-11-26 15:30:00`. */
export function localTime(at: number): string {
  const time = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

/** When the day of a time began, in the zone of this machine. Both are milliseconds since 1970. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
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
