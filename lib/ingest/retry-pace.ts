import { Deadline } from '../base/deadline.ts';
import type { Elapsed } from '../base/deadline.ts';

/** How long to wait, in milliseconds. */
export interface RetryPaceOptions {
  /** After the first failure. @default 500 */
  readonly leastMs?: number;
  /** The longest wait. @default 15,000 */
  readonly mostMs?: number;
  /** Milliseconds by a clock that nobody sets. @default performance.now */
  readonly elapsed?: Elapsed | undefined;
}

/** When to try again what has failed: each failure doubles the wait. */
export class RetryPace {
  readonly #leastMs: number;
  readonly #mostMs: number;
  readonly #elapsed: Elapsed | undefined;
  #failures = 0;
  #wait = Deadline.past();

  constructor({ leastMs = 500, mostMs = 15_000, elapsed }: RetryPaceOptions = {}) {
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
    this.#elapsed = elapsed;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  get isDue(): boolean {
    return this.#wait.isOver;
  }

  /** Milliseconds until the next attempt; 0 when it is due. */
  get leftMs(): number {
    return this.#wait.leftMs;
  }

  failed(): void {
    const waitMs = Math.min(this.#mostMs, this.#leastMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#wait = Deadline.in(waitMs, this.#elapsed);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#wait = Deadline.past();
  }
}
