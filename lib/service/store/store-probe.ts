import { errorMessage } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { ServiceStore, StoreHealth } from './service-store.ts';
import { withinDeadline } from '../../base/deadline.ts';

/** Remembers the store's health for a second, so that frequent probes cost the store little. */
export class StoreProbe {
  readonly #store: ServiceStore;
  readonly #clock: Clock;
  #last: { readonly health: Promise<StoreHealth>; readonly at: number } | undefined;

  constructor(store: ServiceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Never rejects. A store that does not answer within 5 s is not well. */
  health(): Promise<StoreHealth> {
    const now = this.#clock();
    if (!this.#last || Math.abs(now - this.#last.at) >= 1_000) {
      this.#last = { health: this.#ask(), at: now };
    }
    return this.#last.health;
  }

  async #ask(): Promise<StoreHealth> {
    try {
      return await withinDeadline(this.#store.health(), 5_000, () => new Error('no answer in 5 s'));
    } catch (error) {
      return { isWell: false, detail: errorMessage(error), pool: null };
    }
  }
}
