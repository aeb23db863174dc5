import * as breaker from '../breaker/breaker.ts';
import { parseBreakerState } from '../breaker/stored-breaker.ts';
import type {
  Acquired,
  BreakerPolicy,
  BreakerState,
  CallResult,
  Moved,
  Permit,
  Transition,
} from '../breaker/breaker.ts';
import type { Database } from '../../store/database/database.ts';
import { DeliveryTotals } from './metrics.ts';

/** The most changes of phase to keep, over all sinks. */
const MAX_TRANSITIONS = 1_000;

/** The breaker's policy, clock and source of ids. */
export interface BreakerStoreOptions {
  readonly policy: BreakerPolicy;
  readonly clock: () => number;
  /** Makes a unique id for a permit. */
  readonly newId: () => string;
}

/** The circuit breaker of one sink, a row in tracker.db: every process sees and changes the same one. */
export class BreakerStore {
  readonly #sink: string;
  readonly #options: BreakerStoreOptions;
  readonly #inTransaction: (work: () => unknown) => unknown;
  readonly #read;
  readonly #write;
  readonly #note;
  readonly #forget;
  readonly #history;
  readonly #totals: DeliveryTotals;

  constructor(database: Database, sink: string, options: BreakerStoreOptions) {
    this.#sink = sink;
    this.#options = options;
    const transaction = database.transaction((work: () => unknown) => work());
    this.#inTransaction = (work) => transaction.immediate(work);
    this.#totals = new DeliveryTotals(database, sink, options.clock);
    this.#read = stateQuery(database);
    this.#write = database.prepare<[string, string, number]>(
      `INSERT INTO breakers (sink, state, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (sink) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`,
    );
    this.#note = database.prepare<[string, number, string, string, string]>(
      'INSERT INTO breaker_transitions (sink, at, from_phase, to_phase, reason) VALUES (?, ?, ?, ?, ?)',
    );
    this.#forget = database.prepare<[number]>(
      `DELETE FROM breaker_transitions WHERE id <=
         (SELECT id FROM breaker_transitions ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    );
    this.#history = historyQuery(database);
  }

  /** The stored state; a row that cannot be parsed counts as a closed breaker. */
  read(): BreakerState {
    return parseBreakerState(this.#read.get(this.#sink));
  }

  /** Asks for a permit to make one call. Locks the database only if that changes the state. */
  acquire(): Omit<Acquired, 'state'> {
    const { policy, clock, newId } = this.#options;
    const state = this.read();
    const asked = breaker.acquire(state, policy, clock(), newId());
    if (asked.state === state) return asked;
    return this.#move((current, now) => breaker.acquire(current, policy, now, newId()));
  }

  /** Reports how a call went; returns the change of phase if it caused one. */
  report(permit: Permit, result: CallResult): Transition | null {
    const { policy } = this.#options;
    return this.#move((state, now) => breaker.report(state, policy, permit, result, now))
      .transition;
  }

  /** Closes the breaker if its probes have succeeded and nothing is left to probe with; returns the change of phase. */
  concludeProbes(): Transition | null {
    if (this.read().phase !== 'half_open') return null;
    const { policy } = this.#options;
    return this.#move((state, now) => breaker.concludeProbes(state, policy, now)).transition;
  }

  /** Hands back a permit that was not used. */
  release(permit: Permit): void {
    if (this.read().phase !== 'half_open') return;
    this.#move((state) => ({ state: breaker.release(state, permit), transition: null }));
  }

  /** Closes the breaker; returns the change of phase, null if it was closed already. */
  reset(): Transition | null {
    return this.#move((state, now) => breaker.reset(state, now)).transition;
  }

  /** Opens the breaker by hand; returns the change of phase. */
  trip(reason: string): Transition | null {
    return this.#move((state, now) => breaker.trip(state, reason, now)).transition;
  }

  /** The last `limit` changes of phase, newest first. */
  history(limit: number): Transition[] {
    return this.#history.all(this.#sink, limit);
  }

  /** Reads, changes and writes the state in one transaction, or as a part of the caller's. */
  #move<T extends Moved>(step: (state: BreakerState, now: number) => T): T {
    return this.#inTransaction(() => {
      const now = this.#options.clock();
      const before = this.read();
      const moved = step(before, now);
      this.#write.run(this.#sink, JSON.stringify(moved.state), now);
      if (moved.state.trips > before.trips) this.#totals.add('trips', 1);
      if (moved.transition) {
        const { at, from, to, reason } = moved.transition;
        this.#note.run(this.#sink, at, from, to, reason);
        this.#forget.run(MAX_TRANSITIONS);
      }
      return moved;
    }) as T;
  }
}

/** The stored state of a sink's breaker; a row that cannot be parsed counts as a closed breaker. */
export function readBreaker(database: Database, sink: string): BreakerState {
  return parseBreakerState(stateQuery(database).get(sink));
}

/** The last `limit` changes of phase of a sink's breaker, newest first. */
export function readBreakerHistory(database: Database, sink: string, limit: number): Transition[] {
  return historyQuery(database).all(sink, limit);
}

// --- internal ---

function historyQuery(database: Database) {
  return database.prepare<[string, number], Transition>(
    `SELECT at, from_phase AS "from", to_phase AS "to", reason FROM breaker_transitions
     WHERE sink = ? ORDER BY id DESC LIMIT ?`,
  );
}

function stateQuery(database: Database) {
  return database.prepare<[string], string>('SELECT state FROM breakers WHERE sink = ?').pluck();
}
