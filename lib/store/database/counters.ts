import type { Database } from './database.ts';

/** Names of the totals in tracker.db: the rows they count may be pruned, or were never written. */
export type CounterName =
  | 'ingested'
  | 'duplicates'
  | 'redactions'
  /** Texts whose rest was left out, because to check it for secrets took too long. */
  | 'unchecked'
  | 'narrowed'
  | 'excluded'
  | 'quarantine_evicted'
  | 'abandoned'
  /** Removed to keep the database within `retention.max_database_bytes`. */
  | 'evicted_payloads'
  | 'evicted_patterns'
  | 'evicted_states'
  /** Removed because of `retention.patterns_days`. */
  | 'expired_patterns'
  /** States of files that no occurrence was left of then. */
  | 'expired_states'
  /** Occurrences that went with their pattern, or were lost in a damaged file: states may go on to name them. */
  | 'pruned_occurrences'
  /** Files whose state is not kept because it is too large, or was removed to make room for others. */
  | 'dropped_states'
  /** Lines that are not found again because there were too many. */
  | 'dropped_lines';

/** Adds to the stored totals. Call it inside the transaction whose work it counts. */
export class Counters {
  readonly #add;

  constructor(database: Database) {
    this.#add = database.prepare<[string, number]>(
      `INSERT INTO counters (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`,
    );
  }

  /** Adds `amount` to a total; an amount of 0 or less changes nothing. */
  add(name: CounterName, amount = 1): void {
    if (amount > 0) this.#add.run(name, amount);
  }
}
