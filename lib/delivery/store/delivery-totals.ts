import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../store/database/database.ts';
import { SLOT_MS } from '../../store/database/schema-parts/statistics-schema.ts';

/** Adds up the numbers of one scope by when they grew. Unlike those of `Metrics`, no reset takes them away. */
export class DeliveryTotals {
  readonly #database: Database;
  readonly #scope: string;
  readonly #clock: Clock;
  #statement: ReturnType<typeof addition> | undefined;

  constructor(database: Database, scope: string, clock: Clock) {
    this.#database = database;
    this.#scope = scope;
    this.#clock = clock;
  }

  add(name: string, amount: number): void {
    // Most who open a store of numbers only read.
    this.#statement ??= addition(this.#database);
    this.#statement.run(Math.floor(this.#clock() / SLOT_MS), this.#scope, name, amount);
  }
}

// --- internal ---

function addition(database: Database) {
  return database.prepare<[number, string, string, number]>(
    `INSERT INTO delivery_totals (slot, scope, name, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (slot, scope, name) DO UPDATE SET value = value + excluded.value`,
  );
}
