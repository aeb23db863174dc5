import type { TimeWindowType } from '../../lineage-api/service-request.ts';

/** A time that is looked at: from `from` on, before `to`; milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
  readonly type: TimeWindowType | 'custom';
}

export const DAY_MS = 86_400_000;

/** The window that ends now. @param days instead of the type's own length */
export function timeWindow(
  type: TimeWindowType,
  days: number | null | undefined,
  now: number,
): TimeWindow {
  // One millisecond on, so that what happens now is in it.
  const to = now + 1;
  const length = (days ?? LENGTH_DAYS[type]) * DAY_MS;
  return { from: Math.max(0, to - length), to, type: days ? 'custom' : type };
}

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
