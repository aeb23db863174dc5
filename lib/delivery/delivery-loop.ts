import type { Clock } from '../base/clock.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import type { DrainReport } from './delivery.ts';

/** How often to look into the outbox, because the library and commands write to it too, in milliseconds. */
const POLL_MS = 1_000;
/** How long to wait while the sink is not configured, and at most while its breaker is open, in milliseconds. */
const REST_MS = 30_000;
/** How long to wait while another process delivers, and after a first fault of our own, in milliseconds. */
const AGAIN_MS = 1_000;
/** Each further fault in a row doubles the wait, up to this bound, in milliseconds. */
const MAX_FAULT_MS = 60_000;

/** Whether there is something to deliver, now or later. */
export interface Outlook {
  /** True when some row can be sent now. */
  readonly isDue: boolean;
  /** When the next attempt is due, in milliseconds since 1970 UTC; undefined when nothing waits. */
  readonly nextAt: number | undefined;
}

/** What a loop asks and calls. */
export interface DeliveryLoopOptions {
  readonly clock: Clock;
  /** The lock to hold while delivering, so that a flush and a courier never deliver at the same time. */
  readonly lockPath: string;
  /** False while the configuration does not send to the sink. */
  readonly isOn: () => boolean;
  /** Looks into the outbox; cheap, because it is called at every turn of the loop. */
  readonly outlook: () => Outlook;
  /** Delivers what is due. */
  readonly drain: (signal: AbortSignal) => Promise<DrainReport>;
  /** Called when everything that was due has been attempted. */
  readonly onRest: () => void;
  /** Called with whatever `outlook`, `drain` or the lock throws; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** Delivers to one sink in the background: when something arrives, and when an attempt is due. */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  #wake: (() => void) | undefined;
  #isWoken = false;
  #isBusy = false;
  #nextAt: number | undefined;
  /** Faults of our own in a row, such as a missing token file or a locked database. */
  #faults = 0;

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
  }

  /** True while it delivers, or is about to because of `wake`. */
  get isBusy(): boolean {
    return this.#isBusy || this.#isWoken;
  }

  /** When the next attempt is due, in milliseconds since 1970 UTC; undefined when nothing waits. */
  get nextAt(): number | undefined {
    return this.#nextAt;
  }

  /** Makes the loop look into the outbox at once, because something may have been added. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Runs until `signal` aborts. A request in flight is then given up, and its events stay in the outbox. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isWoken = false;
      this.#isBusy = true;
      const { waitMs, hasDelivered } = await this.#deliver(signal);
      this.#isBusy = false;
      if (hasDelivered) this.#options.onRest();
      if (!this.isBusy && !signal.aborted) await this.#sleep(waitMs, signal);
    }
  }

  /** Delivers what is due; returns how long to wait afterwards. */
  async #deliver(signal: AbortSignal): Promise<{ waitMs: number; hasDelivered: boolean }> {
    const nothing = (waitMs: number) => ({ waitMs, hasDelivered: false });
    const { lockPath, isOn, outlook, drain, onError } = this.#options;
    this.#nextAt = undefined;
    if (!isOn()) return nothing(REST_MS);
    try {
      const { isDue, nextAt } = outlook();
      this.#nextAt = nextAt;
      if (!isDue) return nothing(this.#untilNext(POLL_MS));
      const lock = acquireProcessLock(lockPath, 0);
      if (!lock) return nothing(AGAIN_MS);
      try {
        const report = await drain(signal);
        this.#faults = 0;
        this.#nextAt = report.nextAt;
        const most = report.end === 'circuit_open' ? REST_MS : POLL_MS;
        return { waitMs: this.#untilNext(most), hasDelivered: true };
      } finally {
        lock.release();
      }
    } catch (error) {
      onError(error);
      return nothing(Math.min(MAX_FAULT_MS, AGAIN_MS * 2 ** this.#faults++));
    }
  }

  /** The time until the next attempt, at most `most` milliseconds. */
  #untilNext(most: number): number {
    if (this.#nextAt === undefined) return most;
    return Math.min(most, Math.max(1, this.#nextAt - this.#options.clock()));
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
