/** A time as replies write it: ISO 8601 in UTC. @param at milliseconds since 1970 */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
