import type { Database } from '../../store/database/database.ts';
import { OutboxPass, WAITS } from './outbox-pass.ts';
import type { OutboxPassOptions, SentEvent } from './outbox-pass.ts';

/** An event to be sent to a sink. */
export interface OutboxEvent {
  /** The sink's idempotency key. */
  readonly eventId: string;
  readonly eventType: string;
  readonly sessionId: string | null;
  readonly patternId: string;
  readonly lineageId: string;
  /** The JSON that will be sent. */
  readonly body: string;
}

/** A failed attempt to deliver a row. Times are milliseconds since 1970 UTC. */
export interface FailedAttempt {
  readonly error: string;
  readonly at: number;
  /** When to try again; undefined makes the row a dead letter. */
  readonly notBefore: number | undefined;
  /** True when the sink accepts other events, so that this one is at fault. */
  readonly isFault: boolean;
}

/**
 * The events that one sink has not acknowledged. Whoever delivers holds the sink's lock, so rows need no
 * lease: the rows that a killed process was sending are still here.
 */
export class Outbox {
  readonly #database: Database;
  readonly #sink: string;
  readonly #insert;
  readonly #has;
  readonly #acknowledge;
  readonly #fail;
  readonly #nextAt;
  readonly #isDue;
  readonly #requeue;
  readonly #forgetWaits;

  constructor(database: Database, sink: string) {
    this.#database = database;
    this.#sink = sink;
    this.#insert = database.prepare<
      [string, string, string, string | null, string, string, string, number]
    >(
      `INSERT INTO outbox (sink, event_id, event_type, session_id, pattern_id, lineage_id, body, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sink, event_id) DO NOTHING`,
    );
    this.#has = database
      .prepare<[number, string], number>('SELECT 1 FROM outbox WHERE id = ? AND event_id = ?')
      .pluck();
    this.#acknowledge = database.prepare<[string]>(
      'DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))',
    );
    this.#fail = database.prepare<[number, number, number, string, number | null, number]>(
      `UPDATE outbox SET attempts = attempts + 1, faults = faults + ?, attempted_at = ?,
         not_before = ?, last_error = ?, dead_at = ? WHERE id = ?`,
    );
    this.#nextAt = database
      .prepare<At, number | null>(
        `SELECT min(not_before) FROM outbox INDEXED BY outbox_held
         WHERE sink = @sink AND dead_at IS NULL AND not_before > 0 AND ${WAITS}`,
      )
      .pluck();
    this.#isDue = database
      .prepare<At, number>(
        `SELECT 1 FROM outbox INDEXED BY outbox_live
         WHERE sink = @sink AND dead_at IS NULL AND NOT ${WAITS} LIMIT 1`,
      )
      .pluck();
    this.#requeue = database.prepare<{ readonly sink: string; readonly sessionId: string | null }>(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE sink = @sink AND dead_at IS NOT NULL AND (@sessionId IS NULL OR lineage_id IN (
         SELECT lineage_id FROM outbox
         WHERE sink = @sink AND session_id = @sessionId))`,
    );
    this.#forgetWaits = database.prepare<[string]>(
      'UPDATE outbox SET not_before = 0, faults = 0 WHERE sink = ? AND dead_at IS NULL',
    );
  }

  /** Adds an event; false if the outbox has it already. `now` is in milliseconds since 1970 UTC. */
  add(event: OutboxEvent, now: number): boolean {
    const { eventId, eventType, sessionId, patternId, lineageId, body } = event;
    const values = [eventId, eventType, sessionId, patternId, lineageId, body, now] as const;
    return this.#insert.run(this.#sink, ...values).changes === 1;
  }

  /** Begins a pass through the waiting rows. */
  pass(options: OutboxPassOptions = {}): OutboxPass {
    return new OutboxPass(this.#database, this.#sink, options);
  }

  /** True when the row is in this outbox. */
  has({ id, eventId }: Pick<SentEvent, 'id' | 'eventId'>): boolean {
    return this.#has.get(id, eventId) !== undefined;
  }

  /** Removes rows that the sink has acknowledged. */
  acknowledge(ids: readonly number[]): void {
    if (ids.length > 0) this.#acknowledge.run(JSON.stringify(ids));
  }

  /** Records a failed attempt with its row. */
  fail(id: number, { error, at, notBefore, isFault }: FailedAttempt): void {
    const deadAt = notBefore === undefined ? at : null;
    this.#fail.run(isFault ? 1 : 0, at, notBefore ?? 0, error, deadAt, id);
  }

  /** True when some row can be sent now. */
  isDue(now: number): boolean {
    return this.#isDue.get({ sink: this.#sink, now }) !== undefined;
  }

  /** When the next waiting row is due; undefined when no row waits for another attempt. */
  nextAttemptAt(now: number): number | undefined {
    return this.#nextAt.get({ sink: this.#sink, now }) ?? undefined;
  }

  /**
   * Puts dead letters back into the queue; returns their number. With a session id, these are the dead
   * letters of all lineages that the session has rows in, because its events may build on them.
   */
  requeueDead(sessionId?: string): number {
    return this.#requeue.run({ sink: this.#sink, sessionId: sessionId ?? null }).changes;
  }

  /** Makes everything that waits due at once, and forgets its faults. */
  forgetWaits(): void {
    this.#forgetWaits.run(this.#sink);
  }
}

// --- internal ---

interface At {
  readonly sink: string;
  readonly now: number;
}
