/**
 * Returns the time now, in milliseconds since 1970 UTC. Code that depends on time takes a clock as a
 * parameter, so that tests control it.
 */
export type Clock = () => number;

/** The machine's own clock. */
export const systemClock: Clock = () => Date.now();

/** A time in milliseconds since 1970 as ISO-8601 in UTC; null stays null. */
export function isoTime(at: number): string;
export function isoTime(at: number | null): string | null;
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
