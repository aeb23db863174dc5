import { setTimeout } from 'node:timers/promises';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import type { Delivery, DrainLimits, DrainReport } from './delivery.ts';
import type { Settled } from './settlement.ts';

/** How often to check whether the other process still delivers, in milliseconds. */
const LOOK_MS = 100;

/** What to flush, and whom to tell. */
export interface FlushOptions {
  readonly delivery: Delivery;
  /** The sink's delivery lock. */
  readonly lockPath: string;
  readonly limits: DrainLimits;
  readonly signal: AbortSignal;
  /** Called with the totals so far after each commit. */
  readonly onProgress: (settled: Settled) => void;
  /** Called every 100 ms while another process delivers. */
  readonly onWait: () => void;
}

/**
 * Delivers what waits now, after letting a courier finish that is delivering at the moment. Returns
 * undefined when `signal` aborts before the lock is free.
 *
 * @throws SQLite's error when tracker.db cannot be read or written
 */
export async function flushOutbox(options: FlushOptions): Promise<DrainReport | undefined> {
  const { delivery, lockPath, limits, signal, onProgress, onWait } = options;
  while (!signal.aborted) {
    const lock = acquireProcessLock(lockPath, 0);
    if (lock) {
      try {
        return await delivery.drain(limits, signal, onProgress);
      } finally {
        lock.release();
      }
    }
    onWait();
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
