/**
 * The work that redaction may do on one event, in steps: a character read is one, a place looked at costs
 * more. It grows with each text, so that ordinary texts use a small part of it, and ends the work on a text
 * that was made to be slow.
 */
export class WorkBudget {
  #left = STEPS_AT_FIRST;

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

const STEPS_AT_FIRST = 100_000;
/** Ordinary code takes some three. */
const STEPS_PER_CHARACTER = 24;
