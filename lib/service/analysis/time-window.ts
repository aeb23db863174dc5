import type { TimeWindowType } from '../../lineage-api/service-request.ts';

/** A period to examine: from `from`, inclusive, to `to`, exclusive; milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
  /** `custom` when the caller gave a number of days. */
  readonly type: TimeWindowType | 'custom';
}

/** A day in milliseconds. */
export const DAY_MS = 86_400_000;

/** The window that ends now. @param days its length, instead of the type's own */
export function timeWindow(
  type: TimeWindowType,
  days: number | null | undefined,
  now: number,
): TimeWindow {
  // `to` is exclusive; one more millisecond includes what happens right now.
  const to = now + 1;
  const length = (days ?? LENGTH_DAYS[type]) * DAY_MS;
  return { from: Math.max(0, to - length), to, type: days ? 'custom' : type };
}

/** The length of a window in days. */
export function daysOf({ from, to }: TimeWindow): number {
  return (to - from) / DAY_MS;
}

// --- internal ---

const LENGTH_DAYS: Readonly<Record<TimeWindowType, number>> = {
  hourly: 1 / 24,
  daily: 1,
  weekly: 7,
  monthly: 30,
  quarterly: 90,
  yearly: 365,
};
