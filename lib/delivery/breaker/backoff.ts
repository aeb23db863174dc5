/** No wait is longer, in milliseconds (one day), so that a wrong Retry-After cannot end delivery. */
export const MAX_WAIT_MS = 86_400_000;

/** The bounds of the waits between attempts. */
export interface BackoffOptions {
  /** The longest first wait, in milliseconds. */
  readonly baseMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly maxMs: number;
}

/**
 * How long to wait after the `attempt`th failure (counted from 1), in milliseconds: a random time up to a
 * bound that doubles with each attempt, so that clients that failed together do not return together ("full
 * jitter"). `random` returns a number from 0 to below 1.
 */
export function fullJitter(
  attempt: number,
  { baseMs, maxMs }: BackoffOptions,
  random: () => number,
): number {
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 40)));
}

/**
 * The wait that a Retry-After header asks for, in milliseconds. The header holds seconds or an HTTP date;
 * undefined if it is missing or neither. `now` is in milliseconds since 1970 UTC.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const waitMs = Math.ceil(Number(text) * 1000);
    return Number.isSafeInteger(waitMs) ? waitMs : undefined;
  }
  // Date.parse alone accepts nearly anything with a digit as a date, even -5.
  if (!/^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const at = Date.parse(/ GMT$/i.test(text) ? text : `${text} GMT`); // asctime names no zone and means GMT
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
