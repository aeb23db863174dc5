import { setTimeout } from 'node:timers/promises';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import type { Delivery, DrainLimits, DrainReport } from './delivery.ts';
import type { Settled } from './settlement.ts';

/** How often it looks whether the other process still delivers, in milliseconds. */
const LOOK_MS = 100;

export interface FlushOptions {
  readonly delivery: Delivery;
  readonly lockPath: string;
  readonly limits: DrainLimits;
  readonly signal: AbortSignal;
  readonly onProgress: (settled: Settled) => void;
  /** Called now and then while another process delivers. */
  readonly onWait: () => void;
}

/**
 * Delivers now what waits; first lets a courier finish that is delivering at this moment. Undefined
 * when it was interrupted before its turn came.
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
