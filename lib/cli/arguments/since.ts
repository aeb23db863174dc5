import { UsageError } from './usage-error.ts';

/**
 * The time that `--since` names, in milliseconds since 1970: a duration before `now`, or a date.
 *
 * @throws UsageError for anything else
 */
export function parseSince(text: string, now: number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)$/.exec(text) ?? [];
  if (count && unit) return now - Number(count) * (UNITS[unit] ?? 0);
  if (/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) {
    // Date.parse reads a bare date as UTC, but people mean their local day.
    const at = Date.parse(text.length === 10 ? `${text}T00:00` : text);
    if (!Number.isNaN(at)) return at;
  }
  throw new UsageError(
    `--since is "${text}"`,
    'Expected a duration such as 30m, 2h, 3d, 1w, or a date such as 2026-11-01.',
  );
}

// --- internal ---

/** The units of a duration, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
