import type { Clock } from '../base/clock.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import type { DrainReport } from './delivery.ts';

/** The outbox is looked at this often: the library and commands write to it too. In milliseconds. */
const POLL_MS = 1_000;
/** Without a server, and while its circuit is open, in milliseconds. */
const REST_MS = 30_000;
/** While another process delivers, and after a first fault of our own, in milliseconds. */
const AGAIN_MS = 1_000;
/** Each further fault in a row doubles the wait up to this, in milliseconds. */
const MAX_FAULT_MS = 60_000;

export interface Outlook {
  readonly isDue: boolean;
  /** When the next attempt of what waits is due; undefined when nothing waits. */
  readonly nextAt: number | undefined;
}

export interface DeliveryLoopOptions {
  readonly clock: Clock;
  /** Held while it delivers, so that a flush and a courier never do so at once. */
  readonly lockPath: string;
  /** False while there is nowhere to deliver to. */
  readonly isOn: () => boolean;
  /** What there is in the outbox, at the cost of a look. */
  readonly outlook: () => Outlook;
  /** Delivers what is due. */
  readonly drain: (signal: AbortSignal) => Promise<DrainReport>;
  /** Called when everything that was due has been attempted. */
  readonly onRest: () => void;
  readonly onError: (error: unknown) => void;
}

/** Delivers in the background of a courier: when something arrives, and when an attempt is due. */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  #wake: (() => void) | undefined;
  #isWoken = false;
  #isBusy = false;
  #nextAt: number | undefined;
  /** Faults of our own in a row: a token file that is not there, a locked database. */
  #faults = 0;

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
      const { waitMs, hasDelivered } = await this.#deliver(signal);
      this.#isBusy = false;
      if (hasDelivered) this.#options.onRest();
      if (!this.isBusy && !signal.aborted) await this.#sleep(waitMs, signal);
    }
  }

  /** Delivers what is due; how long to wait then. */
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

  /** The time to the next attempt, `most` milliseconds at most. */
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
