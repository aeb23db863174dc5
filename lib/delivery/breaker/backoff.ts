/** Nothing waits longer, whoever asks for it, in milliseconds: a slip of a server must not end delivery. */
export const MAX_WAIT_MS = 86_400_000;

export interface BackoffOptions {
  /** The longest first wait, in milliseconds. */
  readonly baseMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly maxMs: number;
}

/**
 * How long to wait after the `attempt`th failure, from 1: anything from 0 to a bound that doubles, so
 * that clients that failed together do not come back together ("full jitter").
 */
export function fullJitter(
  attempt: number,
  { baseMs, maxMs }: BackoffOptions,
  random: () => number,
): number {
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 40)));
}

/**
 * The wait that a Retry-After header asks for, seconds or an HTTP date, in milliseconds; undefined for
 * none, or for one that is neither.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const waitMs = Math.ceil(Number(text) * 1000);
    return Number.isSafeInteger(waitMs) ? waitMs : undefined;
  }
  // Date.parse alone takes nearly anything with a digit, -5 too, for a date.
  if (!/^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const at = Date.parse(/ GMT$/i.test(text) ? text : `${text} GMT`); // asctime has no zone and means GMT
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
