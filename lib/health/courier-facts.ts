import { readdirSync } from 'node:fs';
import type { TrackerPaths } from '../base/paths.ts';
import { span } from '../base/time-text.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { parseCourierState } from '../ingest/courier/courier-state.ts';
import type { CourierState } from '../ingest/courier/courier-state.ts';
import { livingCourier, processState } from '../capture/courier-hint.ts';
import type { LivingCourier } from '../capture/courier-hint.ts';

/** The state of the courier, as its files tell it. Times are milliseconds since 1970. */
export interface CourierFacts {
  /** `starting`: it lives, but has not written its state yet. `stalled`: it lives, but does nothing. */
  readonly status: CourierState['status'] | 'starting' | 'stalled';
  /** Null when none lives. That of a courier in another container is not known here. */
  readonly pid: number | null;
  readonly version: string | null;
  readonly startedAt: number | null;
  readonly updatedAt: number | null;
  /** Since when it has been degraded; null while it is not. */
  readonly degradedAt: number | null;
  /** Why it is degraded or stalled; stays after a degraded courier has ended. */
  readonly reason: string | null;
  readonly hint: string | null;
  readonly configError: string | null;
  /** When couriers had to be started after one that had not ended as it should. */
  readonly crashes: readonly number[];
}

/** Reads the state that the courier last wrote, and whether it lives. */
export function readCourier(paths: TrackerPaths): CourierFacts {
  const living = livingCourier(paths.courierHint);
  const facts = factsOf(living, readState(paths.courierState));
  const why = living && stallOf(living, paths);
  return why === undefined ? facts : { ...facts, status: 'stalled', degradedAt: null, ...why };
}

// --- internal ---

/** A courier that works gives a sign every two seconds, and in a backlog after each batch. */
const SILENT_MS = 10_000;

const UNKNOWN = {
  version: null,
  startedAt: null,
  updatedAt: null,
  degradedAt: null,
  reason: null,
  hint: null,
  configError: null,
  crashes: [],
} as const;

function factsOf(living: LivingCourier | undefined, state: CourierState | undefined): CourierFacts {
  const pid = living?.pid ?? null;
  if (!state) return { ...UNKNOWN, status: living ? 'starting' : 'stopped', pid };
  const isItsOwn = state.pid === pid; // else an earlier courier wrote the state
  const status = living === undefined ? 'stopped' : isItsOwn ? state.status : 'starting';
  const isDegraded = status === 'degraded' || status === 'working';
  // What an earlier courier wrote is not true of this one.
  const { degradedAt, reason, hint } = status === 'starting' ? UNKNOWN : state;
  return { ...state, status, pid, degradedAt: isDegraded ? degradedAt : null, reason, hint };
}

/** Why a courier that lives does nothing, and what helps; undefined if it works. */
function stallOf(
  { pid, isHere, silentMs }: LivingCourier,
  paths: TrackerPaths,
): Pick<CourierFacts, 'reason' | 'hint'> | undefined {
  if (isHere && pid !== null && /^[Tt]$/.test(processState(pid) ?? ''))
    return {
      reason: 'it is suspended, by a signal, a debugger or a terminal',
      hint: `Events wait meanwhile. It goes on after: kill -CONT ${pid}`,
    };
  if (pid === null)
    return {
      reason: 'a process that does not show itself has its lock',
      hint: `Events wait meanwhile. It is a courier in another container, or a program that has opened the file: fuser ${paths.courierLock}`,
    };
  if (silentMs <= SILENT_MS || !hasWaiting(paths.spoolNew)) return undefined;
  return {
    reason: `it has made no progress for ${span(silentMs)} while events wait`,
    hint: isHere
      ? `It hangs, or gets no processor time. If that lasts, end it, and the next event starts another: kill -9 ${pid}`
      : 'It runs in another container, or on another machine, which has the same folder: look there.',
  };
}

function hasWaiting(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

function readState(path: string): CourierState | undefined {
  try {
    return parseCourierState(readRegularFile(path));
  } catch {
    return undefined;
  }
}
