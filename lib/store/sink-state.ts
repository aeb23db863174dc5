import type { Database } from './database.ts';

/** What is known of a sink beside its circuit breaker. */
export interface SinkStatus {
  /** The sink has asked for a pause until then. */
  readonly pausedUntil: number;
  readonly lastDeliveredAt: number | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
}

const UNKNOWN: SinkStatus = {
  pausedUntil: 0,
  lastDeliveredAt: null,
  lastError: null,
  lastErrorAt: null,
};

/** The row of one sink in `sinks`. */
export class SinkState {
  readonly #sink: string;
  readonly #read;
  readonly #pause;
  readonly #delivered;
  readonly #failed;

  constructor(database: Database, sink: string) {
    this.#sink = sink;
    this.#read = database.prepare<[string], SinkStatus>(
      `SELECT paused_until AS pausedUntil, last_delivered_at AS lastDeliveredAt,
         last_error AS lastError, last_error_at AS lastErrorAt
       FROM sinks WHERE sink = ?`,
    );
    this.#pause = database.prepare<[string, number]>(
      `INSERT INTO sinks (sink, paused_until) VALUES (?, ?)
       ON CONFLICT (sink) DO UPDATE SET paused_until = excluded.paused_until`,
    );
    this.#delivered = database.prepare<[string, number]>(
      `INSERT INTO sinks (sink, last_delivered_at) VALUES (?, ?)
       ON CONFLICT (sink) DO UPDATE SET last_delivered_at = excluded.last_delivered_at`,
    );
    this.#failed = database.prepare<[string, string, number]>(
      `INSERT INTO sinks (sink, last_error, last_error_at) VALUES (?, ?, ?)
       ON CONFLICT (sink) DO UPDATE SET
         last_error = excluded.last_error, last_error_at = excluded.last_error_at`,
    );
  }

  read(): SinkStatus {
    return this.#read.get(this.#sink) ?? UNKNOWN;
  }

  /** Nothing is to be sent before `until`, milliseconds since 1970. */
  pause(until: number): void {
    this.#pause.run(this.#sink, until);
  }

  noteDelivered(at: number): void {
    this.#delivered.run(this.#sink, at);
  }

  noteError(error: string, at: number): void {
    this.#failed.run(this.#sink, error, at);
  }
}
