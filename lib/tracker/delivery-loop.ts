import type { Clock } from '../base/clock.ts';
import { acquireProcessLock } from '../store/process-lock.ts';
import type { DrainReport } from './delivery.ts';

/** With nothing known to wait for, the outbox is looked at this often, in milliseconds. */
const POLL_MS = 30_000;
/** While another process delivers, and after a fault of our own, in milliseconds. */
const AGAIN_MS = 1_000;

export interface DeliveryLoopOptions {
  readonly clock: Clock;
  /** Held while it delivers, so that a flush and a courier never do so at once. */
  readonly lockPath: string;
  /** False while there is nowhere to deliver to. */
  readonly isOn: () => boolean;
  /** Delivers what is due. */
  readonly drain: (signal: AbortSignal) => Promise<DrainReport>;
  readonly onError: (error: unknown) => void;
}

/** Delivers in the background of a courier: when something arrives, and when an attempt is due. */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  #wake: (() => void) | undefined;
  #isWoken = false;
  #isBusy = false;
  #nextAt: number | undefined;

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
  }

  /** True while it delivers, or has been told of something to deliver. */
  get isBusy(): boolean {
    return this.#isBusy || this.#isWoken;
  }

  /** When the next attempt of what waits is due; undefined when nothing waits. */
  get nextAt(): number | undefined {
    return this.#nextAt;
  }

  /** Says that the outbox may have something new. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Runs until `signal` aborts; a request on its way is given up then, and its events wait. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isWoken = false;
      this.#isBusy = true;
      const waitMs = await this.#deliver(signal);
      this.#isBusy = false;
      if (!this.isBusy && !signal.aborted) await this.#sleep(waitMs, signal);
    }
  }

  /** Delivers what is due; how long to wait then, in milliseconds. */
  async #deliver(signal: AbortSignal): Promise<number> {
    const { clock, lockPath, isOn, drain, onError } = this.#options;
    this.#nextAt = undefined;
    if (!isOn()) return POLL_MS;
    try {
      const lock = acquireProcessLock(lockPath, 0);
      if (!lock) return AGAIN_MS;
      try {
        this.#nextAt = (await drain(signal)).nextAt;
      } finally {
        lock.release();
      }
    } catch (error) {
      onError(error);
      return AGAIN_MS;
    }
    return this.#nextAt === undefined
      ? POLL_MS
      : Math.min(POLL_MS, Math.max(1, this.#nextAt - clock()));
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.#wake, { once: true });
    });
    if (this.#wake) signal.removeEventListener('abort', this.#wake);
    this.#wake = undefined;
  }
}
