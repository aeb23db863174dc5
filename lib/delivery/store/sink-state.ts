import { MAX_WAIT_MS } from '../breaker/backoff.ts';
import type { Database } from '../../store/database/database.ts';

/** What is known of a sink beside its circuit breaker. */
export interface SinkStatus {
  /** The server that the sink's patterns and waits are about, as a URL; null before the first delivery. */
  readonly server: string | null;
  /** The sink is left alone until then: it has asked for it, or a request has failed. */
  readonly pausedUntil: number;
  readonly lastDeliveredAt: number | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
}

const UNKNOWN: SinkStatus = {
  server: null,
  pausedUntil: 0,
  lastDeliveredAt: null,
  lastError: null,
  lastErrorAt: null,
};

/** The row of one sink in `sinks`. */
export class SinkState {
  readonly #sink: string;
  readonly #read;
  readonly #serve;
  readonly #pause;
  readonly #delivered;
  readonly #failed;

  constructor(database: Database, sink: string) {
    this.#sink = sink;
    this.#read = database.prepare<[string], SinkStatus>(
      `SELECT server, paused_until AS pausedUntil, last_delivered_at AS lastDeliveredAt,
         last_error AS lastError, last_error_at AS lastErrorAt
       FROM sinks WHERE sink = ?`,
    );
    this.#serve = database.prepare<[string, string]>(
      `INSERT INTO sinks (sink, server) VALUES (?, ?)
       ON CONFLICT (sink) DO UPDATE SET server = excluded.server`,
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

  /** Until when the sink is to be left alone; undefined when it need not be. */
  pausedUntil(now: number): number | undefined {
    const { pausedUntil, lastErrorAt } = this.read();
    if (pausedUntil <= now || pausedUntil > now + MAX_WAIT_MS) return undefined;
    // The error came with the pause: if it is from later than now, the clock was set back since.
    return lastErrorAt !== null && lastErrorAt > now ? undefined : pausedUntil;
  }

  /** Notes which server it is. */
  noteServer(server: string): void {
    this.#serve.run(this.#sink, server);
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
