import type { Clock } from '../base/clock.ts';
import { StoreUnavailableError } from './store/pattern-store.ts';
import type { ServiceStore, StoreHealth } from './store/pattern-store.ts';
import { withinDeadline } from './http/deadline.ts';

/** Asks the store how it is, at most once a second however often it is asked for. */
export class StoreProbe {
  readonly #store: ServiceStore;
  readonly #clock: Clock;
  #last: { readonly health: Promise<StoreHealth>; readonly at: number } | undefined;

  constructor(store: ServiceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Never rejects; a store that does not answer in 5 s is not well. */
  health(): Promise<StoreHealth> {
    const now = this.#clock();
    if (!this.#last || Math.abs(now - this.#last.at) >= 1_000) {
      this.#last = { health: this.#ask(), at: now };
    }
    return this.#last.health;
  }

  async #ask(): Promise<StoreHealth> {
    try {
      return await withinDeadline(
        this.#store.health(),
        5_000,
        () => new StoreUnavailableError('no answer in 5 s'),
      );
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { isWell: false, detail, pool: null };
    }
  }
}
