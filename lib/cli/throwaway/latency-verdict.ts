/** What a time for one operation means to an operator. */
export type LatencyVerdict = 'normal' | 'acceptable' | 'slow' | 'critical';

/** The bounds, in milliseconds: below the first is normal, below the second acceptable, above the third critical. */
export const VERDICT_MS = { normal: 100, acceptable: 500, critical: 1_000 } as const;

/** Judges the milliseconds that an operation took on average. */
export function latencyVerdict(ms: number): LatencyVerdict {
  if (ms < VERDICT_MS.normal) return 'normal';
  if (ms < VERDICT_MS.acceptable) return 'acceptable';
  return ms <= VERDICT_MS.critical ? 'slow' : 'critical';
}
