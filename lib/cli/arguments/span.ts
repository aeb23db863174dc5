import { span } from '../../base/time-text.ts';
import { UsageError } from './usage-error.ts';

/** Milliseconds of `30s`, `2m`, `1h` or `7d`, or of seconds without a unit. @throws UsageError above `most` */
export function parseSpan(option: string, given: string, most: number): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(given) ?? [];
  const ms = Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (ms > 0 && ms <= most) return ms;
  throw new UsageError(
    `${option} is "${given}"`,
    `Expected a time such as 30s, 2m or 1h, up to ${span(most)}.`,
  );
}

// --- internal ---

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
