import { CLOSED, recordOf } from './breaker.ts';
import type { BreakerRecord, BreakerState, Permit } from './breaker.ts';

/**
 * Parses a stored state; anything that cannot be parsed counts as a closed breaker. Older versions also
 * stored the data of the other phases, which is ignored.
 */
export function parseBreakerState(text: string | undefined): BreakerState {
  if (text === undefined) return CLOSED;
  try {
    return readState(JSON.parse(text)) ?? CLOSED;
  } catch {
    return CLOSED;
  }
}

// --- internal ---

/** The same keys with unknown values, because a stored state may hold anything. */
type Stored<T> = { readonly [K in T extends unknown ? keyof T : never]?: unknown };

function readState(value: unknown): BreakerState | undefined {
  if (typeof value !== 'object' || value === null || !isRecord(value)) return undefined;
  const record = recordOf(value);
  const stored: Stored<BreakerState> = value;
  const { phase, openedAt, reason, permits, probesSucceeded, window } = stored;
  switch (phase) {
    case 'closed':
      return typeof window === 'string' ? { ...record, phase, window } : undefined;
    case 'open':
      if (!isTime(openedAt) || typeof reason !== 'string') return undefined;
      return { ...record, phase, openedAt, reason };
    case 'half_open':
      if (typeof reason !== 'string' || typeof window !== 'string') return undefined;
      if (!isCount(probesSucceeded)) return undefined;
      if (!Array.isArray(permits) || !permits.every(isPermit)) return undefined;
      return { ...record, phase, reason, permits, probesSucceeded, window };
    default:
      return undefined;
  }
}

function isRecord(value: Stored<BreakerRecord>): value is BreakerRecord {
  const { generation, consecutiveFailures, lastFailureAt, lastSuccessAt, trips } = value;
  return (
    [generation, consecutiveFailures, trips].every(isCount) &&
    [lastFailureAt, lastSuccessAt].every((at) => at === null || isTime(at))
  );
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isPermit(value: unknown): value is Permit {
  if (typeof value !== 'object' || value === null) return false;
  const permit: Stored<Permit> = value;
  return (
    typeof permit.id === 'string' &&
    Number.isInteger(permit.generation) &&
    Number.isFinite(permit.expiresAt)
  );
}
