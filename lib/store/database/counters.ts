import type { Database } from './database.ts';

/** Totals kept in tracker.db, because the rows they count may be pruned or were never made. */
export type CounterName =
  | 'ingested'
  | 'duplicates'
  | 'redactions'
  | 'quarantine_evicted'
  | 'abandoned';

/** Adds up totals; call inside the transaction whose work they count. */
export class Counters {
  readonly #add;

  constructor(database: Database) {
    this.#add = database.prepare<[string, number]>(
      `INSERT INTO counters (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`,
    );
  }

  add(name: CounterName, amount = 1): void {
    if (amount > 0) this.#add.run(name, amount);
  }
}
