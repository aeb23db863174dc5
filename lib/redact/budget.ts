/**
 * The work that redaction may do on one event, in steps of some ten nanoseconds. It grows with each text,
 * so that ordinary texts use a small part of it, and ends the work on a text that was made to be slow.
 */
export class WorkBudget {
  #left: number;

  /** @param steps what may be spent before any text allows for more */
  constructor(steps = STEPS_AT_FIRST) {
    this.#left = steps;
  }

  /** Adds what a text of this length may cost. */
  allow(length: number): void {
    this.#left += length * STEPS_PER_CHARACTER;
  }

  /** Takes steps; false when there are none left. */
  spend(steps: number): boolean {
    this.#left -= steps;
    return this.#left > 0;
  }
}

// --- internal ---

/** Enough for some 5,000 names of secrets. */
const STEPS_AT_FIRST = 8_000_000;
/** Less than 150 ms for a megabyte. Ordinary code takes one or two. */
const STEPS_PER_CHARACTER = 11;
