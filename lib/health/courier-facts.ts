import { readFileSync } from 'node:fs';
import type { TrackerPaths } from '../base/paths.ts';
import { parseCourierState } from '../ingest/courier/courier-state.ts';
import type { CourierState } from '../ingest/courier/courier-state.ts';
import { courierLives } from '../capture/courier-start.ts';

/** How the courier is, as far as its files tell. */
export interface CourierFacts {
  /** `starting`: it lives and has said nothing yet. */
  readonly status: CourierState['status'] | 'starting';
  /** Null when none lives. */
  readonly pid: number | null;
  readonly version: string | null;
  readonly startedAt: number | null;
  readonly updatedAt: number | null;
  /** Why it is degraded; kept when it left after that. */
  readonly reason: string | null;
  readonly hint: string | null;
  readonly configError: string | null;
}

/** Reads what the courier last said, and whether it lives. */
export function readCourier(paths: TrackerPaths): CourierFacts {
  const pid = courierLives(paths.courierPid);
  const state = readState(paths.courierState);
  if (!state)
    return { ...UNKNOWN, status: pid === undefined ? 'stopped' : 'starting', pid: pid ?? null };
  const isItsOwn = state.pid === pid; // else the words are those of one that is gone
  const status = pid === undefined ? 'stopped' : isItsOwn ? state.status : 'starting';
  return { ...state, status, pid: pid ?? null };
}

// --- internal ---

const UNKNOWN = {
  version: null,
  startedAt: null,
  updatedAt: null,
  reason: null,
  hint: null,
  configError: null,
} as const;

function readState(path: string): CourierState | undefined {
  try {
    return parseCourierState(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
