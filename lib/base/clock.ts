/** The time now, in milliseconds since 1970 UTC. A parameter wherever time decides, so that tests own it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** A time in milliseconds since 1970 as ISO-8601 in UTC; null stays null. */
export function isoTime(at: number): string;
export function isoTime(at: number | null): string | null;
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
