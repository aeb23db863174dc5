import { MAX_WAIT_MS } from '../breaker/backoff.ts';
import type { Database } from '../../store/database/database.ts';

/** The state of a sink, without its breaker. Times are milliseconds since 1970 UTC. */
export interface SinkStatus {
  /** URL of the server that events wait for, patterns were told to and pauses apply to; null before the first event. */
  readonly server: string | null;
  /** No request is sent before then, because the sink asked for a pause or a request failed. */
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
  readonly #serveFirst;
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
    this.#serveFirst = database.prepare<[string, string]>(
      `INSERT INTO sinks (sink, server) VALUES (?, ?)
       ON CONFLICT (sink) DO UPDATE SET server = excluded.server WHERE server IS NULL`,
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

  /** The stored state; nulls and 0 before anything was stored. */
  read(): SinkStatus {
    return this.#read.get(this.#sink) ?? UNKNOWN;
  }

  /** Until when to send nothing to the sink; undefined when it is not paused. */
  pausedUntil(now: number): number | undefined {
    const { pausedUntil, lastErrorAt } = this.read();
    if (pausedUntil <= now || pausedUntil > now + MAX_WAIT_MS) return undefined;
    // The error was recorded with the pause: if it lies in the future, the clock was set back since.
    return lastErrorAt !== null && lastErrorAt > now ? undefined : pausedUntil;
  }

  /** Records which server the sink is. */
  noteServer(server: string): void {
    this.#serve.run(this.#sink, server);
  }

  /** Records which server the first events wait for, unless one is recorded already. */
  noteFirstServer(server: string): void {
    this.#serveFirst.run(this.#sink, server);
  }

  /** Lets nothing be sent before `until`, in milliseconds since 1970 UTC. */
  pause(until: number): void {
    this.#pause.run(this.#sink, until);
  }

  /** Records when the sink last acknowledged an event, in milliseconds since 1970 UTC. */
  noteDelivered(at: number): void {
    this.#delivered.run(this.#sink, at);
  }

  /** Records the last error and its time, in milliseconds since 1970 UTC. */
  noteError(error: string, at: number): void {
    this.#failed.run(this.#sink, error, at);
  }
}
