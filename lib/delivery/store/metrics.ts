import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../store/database/database.ts';
import { SLOT_MS } from '../../store/database/schema-parts/statistics-schema.ts';

/** The upper bounds of the histogram's buckets, in milliseconds. One more bucket has no bound. */
const LATENCY_BOUNDS_MS: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];

/** How long requests took. */
export interface LatencyHistogram {
  /** Requests that took at most `upToMs` milliseconds, and more than the bucket before; null: no bound. */
  readonly buckets: readonly { readonly upToMs: number | null; readonly count: number }[];
  readonly count: number;
  readonly sumMs: number;
}

/** The counters of one scope, such as a sink. All processes add to the same ones. */
export class Metrics<Name extends string> {
  readonly #scope: string;
  readonly #totals: DeliveryTotals | undefined;
  readonly #add;
  readonly #value;
  readonly #reset;

  /** @param clock when given, the numbers are also kept by when they grew */
  constructor(database: Database, scope: string, clock?: Clock) {
    this.#scope = scope;
    this.#totals = clock && new DeliveryTotals(database, scope, clock);
    this.#add = database.prepare<[string, string, number]>(
      `INSERT INTO metrics (scope, name, value) VALUES (?, ?, ?)
       ON CONFLICT (scope, name) DO UPDATE SET value = value + excluded.value`,
    );
    this.#value = database
      .prepare<[string, string], number>('SELECT value FROM metrics WHERE scope = ? AND name = ?')
      .pluck();
    this.#reset = database.prepare<[string]>('DELETE FROM metrics WHERE scope = ?');
  }

  /** Adds `amount` to a counter; an amount of 0 or less changes nothing. */
  add(name: Name, amount = 1): void {
    if (amount > 0) this.#note(name, amount);
  }

  /** Adds a request that took `ms` milliseconds to the histogram. */
  observeLatency(ms: number): void {
    const bound = LATENCY_BOUNDS_MS.find((limit) => ms <= limit) ?? null;
    this.#note(bucketName(bound), 1);
    this.#note(LATENCY_SUM, ms);
  }

  /** The value of a counter, 0 if nothing was added yet. */
  value(name: Name): number {
    return this.#read(name);
  }

  /** How long the requests took so far. */
  latency(): LatencyHistogram {
    const buckets = [...LATENCY_BOUNDS_MS, null].map((upToMs) => ({
      upToMs,
      count: this.#read(bucketName(upToMs)),
    }));
    const count = buckets.reduce((all, bucket) => all + bucket.count, 0);
    return { buckets, count, sumMs: this.#read(LATENCY_SUM) };
  }

  /** Removes every counter of the scope. */
  reset(): void {
    this.#reset.run(this.#scope);
  }

  #note(name: string, amount: number): void {
    this.#add.run(this.#scope, name, amount);
    this.#totals?.add(name, amount);
  }

  #read(name: string): number {
    return this.#value.get(this.#scope, name) ?? 0;
  }
}

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
    const slot = Math.floor(this.#clock() / SLOT_MS);
    // Most who open a store of numbers only read.
    this.#statement ??= this.#begin(slot);
    this.#statement.run(slot, this.#scope, name, amount);
  }

  #begin(slot: number): ReturnType<typeof addition> {
    this.#database.prepare('DELETE FROM delivery_totals WHERE slot < ?').run(slot - KEPT_SLOTS);
    return addition(this.#database);
  }
}

// --- internal ---

const LATENCY_SUM = 'latency_sum_ms';

function bucketName(upToMs: number | null): string {
  return `latency_le_${upToMs ?? 'inf'}`;
}

/** Two years and more, so that each month has the one of the year before beside it. */
const KEPT_SLOTS = (800 * 24 * 60 * 60_000) / SLOT_MS;

function addition(database: Database) {
  return database.prepare<[number, string, string, number]>(
    `INSERT INTO delivery_totals (slot, scope, name, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (slot, scope, name) DO UPDATE SET value = value + excluded.value`,
  );
}
