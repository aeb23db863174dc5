/** How long to wait, in milliseconds. */
export interface RetryPaceOptions {
  /** After the first failure. @default 500 */
  readonly leastMs?: number;
  /** The longest wait. @default 15,000 */
  readonly mostMs?: number;
  /** Milliseconds by a clock that nobody sets. @default performance.now */
  readonly elapsed?: (() => number) | undefined;
}

/** When to try again what has failed: each failure doubles the wait. */
export class RetryPace {
  readonly #leastMs: number;
  readonly #mostMs: number;
  readonly #elapsed: () => number;
  #failures = 0;
  #dueAt = -Infinity;

  constructor({ leastMs = 500, mostMs = 15_000, elapsed }: RetryPaceOptions = {}) {
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
    this.#elapsed = elapsed ?? (() => performance.now());
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  get isDue(): boolean {
    return this.leftMs === 0;
  }

  /** Milliseconds until the next attempt; 0 when it is due. */
  get leftMs(): number {
    return Math.max(0, this.#dueAt - this.#elapsed());
  }

  failed(): void {
    const waitMs = Math.min(this.#mostMs, this.#leastMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#dueAt = this.#elapsed() + waitMs;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#dueAt = -Infinity;
  }
}
