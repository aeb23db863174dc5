import { StoreUnavailableError } from './store-unavailable-error.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { ServiceStore, StoreHealth } from './service-store.ts';
import { withinDeadline } from '../../base/deadline.ts';

/**
 * How long an answer that must not depend on the store waits for it, in milliseconds. Health and metrics
 * wait at most twice, for a token and for the store, and so are answered within 200 ms.
 */
export const PROMPT_MS = 75;

/**
 * Tells the store's health at once, also when the store hangs: a store that does not answer within
 * {@link PROMPT_MS} is as well as it was when it answered last, and is asked on.
 */
export class StoreProbe {
  readonly #store: ServiceStore;
  readonly #clock: Clock;
  #isAsking = false;
  #askedAt = -Infinity;
  #answer: Promise<StoreHealth> = Promise.resolve(OPENED);
  #last: { readonly health: StoreHealth; readonly at: number };

  /** @param store just opened, so it counts as well until it is asked */
  constructor(store: ServiceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#last = { health: OPENED, at: clock() };
  }

  /** Never rejects. Asks the store once a second at most, so that frequent probes cost it little. */
  health(): Promise<StoreHealth> {
    const now = this.#clock();
    if (!this.#isAsking && Math.abs(now - this.#askedAt) >= 1_000) {
      this.#askedAt = now;
      this.#answer = this.#ask();
    }
    const noAnswer = () => new StoreUnavailableError(`no answer within ${PROMPT_MS} ms`);
    return withinDeadline(this.#answer, PROMPT_MS, noAnswer).catch((error: unknown) =>
      Math.abs(this.#clock() - this.#last.at) < TRUSTED_FOR_MS ? this.#last.health : unwell(error),
    );
  }

  async #ask(): Promise<StoreHealth> {
    this.#isAsking = true;
    const noAnswer = () => new StoreUnavailableError(`no answer within ${ANSWER_MS} ms`);
    const health = await withinDeadline(this.#store.health(), ANSWER_MS, noAnswer).catch(unwell);
    this.#last = { health, at: this.#clock() };
    this.#isAsking = false;
    return health;
  }
}

// --- internal ---

const OPENED: StoreHealth = { isWell: true, detail: 'operational', pool: null };

/** A store that does not answer for this long is not well, in milliseconds. */
const ANSWER_MS = 1_500;

/** How old an answer may be to stand for one that is late, in milliseconds: no probe is rarer. */
const TRUSTED_FOR_MS = 60_000;

function unwell(error: unknown): StoreHealth {
  return { isWell: false, detail: errorMessage(error), pool: null };
}
