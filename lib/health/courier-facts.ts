import type { TrackerPaths } from '../base/paths.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { parseCourierState } from '../ingest/courier/courier-state.ts';
import type { CourierState } from '../ingest/courier/courier-state.ts';
import { courierLives } from '../capture/courier-start.ts';

/** The state of the courier, as its files tell it. Times are milliseconds since 1970. */
export interface CourierFacts {
  /** `starting`: it lives, but has not written its state yet. */
  readonly status: CourierState['status'] | 'starting';
  /** Null when none lives. */
  readonly pid: number | null;
  readonly version: string | null;
  readonly startedAt: number | null;
  readonly updatedAt: number | null;
  /** Since when it has been degraded; null while it is not. */
  readonly degradedAt: number | null;
  /** Why it is degraded; stays after a degraded courier has ended. */
  readonly reason: string | null;
  readonly hint: string | null;
  readonly configError: string | null;
}

/** Reads the state that the courier last wrote, and whether it lives. */
export function readCourier(paths: TrackerPaths): CourierFacts {
  const pid = courierLives(paths.courierPid);
  const state = readState(paths.courierState);
  if (!state)
    return { ...UNKNOWN, status: pid === undefined ? 'stopped' : 'starting', pid: pid ?? null };
  const isItsOwn = state.pid === pid; // else an earlier courier wrote the state
  const status = pid === undefined ? 'stopped' : isItsOwn ? state.status : 'starting';
  const isDegraded = status === 'degraded' || status === 'working';
  // What an earlier courier wrote is not true of this one.
  const { degradedAt, reason, hint } = status === 'starting' ? UNKNOWN : state;
  return {
    ...state,
    status,
    pid: pid ?? null,
    degradedAt: isDegraded ? degradedAt : null,
    reason,
    hint,
  };
}

// --- internal ---

const UNKNOWN = {
  version: null,
  startedAt: null,
  updatedAt: null,
  degradedAt: null,
  reason: null,
  hint: null,
  configError: null,
} as const;

function readState(path: string): CourierState | undefined {
  try {
    return parseCourierState(readRegularFile(path));
  } catch {
    return undefined;
  }
}
