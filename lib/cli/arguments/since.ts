import { UsageError } from './usage-error.ts';

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

// --- internal ---

/** Milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
