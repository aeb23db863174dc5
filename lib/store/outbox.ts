import type { Database } from './database.ts';

/** The sink that speaks the HTTP API of `api.base_url`. */
export const HTTP_SINK = 'http';

/** An event on its way to a sink. */
export interface OutboxEvent {
  /** The sink's idempotency key. */
  readonly eventId: string;
  readonly eventType: string;
  readonly sessionId: string | null;
  readonly patternId: string;
  readonly lineageId: string;
  /** JSON, as it will be sent. */
  readonly body: string;
}

/** A row that is due. */
export interface DueEvent {
  readonly id: number;
  readonly eventId: string;
  readonly lineageId: string;
  readonly eventType: string;
  readonly body: string;
  readonly attempts: number;
  readonly faults: number;
  readonly attemptedAt: number | null;
}

/** Which rows `due` may give. */
export interface DueLimits {
  readonly now: number;
  /** Rows after this id only. */
  readonly after: number;
  readonly rows: number;
  /** Characters of their bodies; one row is given however large. */
  readonly characters: number;
  /** The first characters of a session id, or all of it. */
  readonly sessionId?: string | undefined;
  /** Rows that have failed from then on hold back those behind them, `early` or not. */
  readonly since: number;
  /** Rows that wait for their next attempt are due too. */
  readonly early?: boolean | undefined;
}

/** What a failed attempt leaves with its row. */
export interface FailedAttempt {
  readonly error: string;
  readonly at: number;
  /** When to try again; undefined makes it a dead letter. */
  readonly notBefore: number | undefined;
  /** True when the sink is well, so that this very event is at fault. */
  readonly isFault: boolean;
}

/**
 * The events that one sink has not acknowledged. Who delivers holds the sink's delivery lock, so no
 * row need be leased: those of a killed process are simply still here.
 */
export class Outbox {
  readonly #sink: string;
  readonly #insert;
  readonly #due;
  readonly #acknowledge;
  readonly #fail;
  readonly #nextAt;
  readonly #isDue;
  readonly #requeue;

  constructor(database: Database, sink: string) {
    this.#sink = sink;
    this.#insert = database.prepare<
      [string, string, string, string | null, string, string, string, number]
    >(
      `INSERT INTO outbox (sink, event_id, event_type, session_id, pattern_id, lineage_id, body, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sink, event_id) DO NOTHING`,
    );
    this.#due = database.prepare<DueParameters, DueEvent>(
      `SELECT id, event_id AS eventId, lineage_id AS lineageId, event_type AS eventType, body, attempts, faults,
         attempted_at AS attemptedAt
       FROM outbox AS row INDEXED BY outbox_live
       WHERE sink = @sink AND dead_at IS NULL AND id > @after AND not_before <= @due
         AND (@sessionId IS NULL OR substr(session_id, 1, length(@sessionId)) = @sessionId)
         AND NOT EXISTS (
           SELECT 1 FROM outbox AS held INDEXED BY outbox_held
           WHERE held.sink = row.sink AND held.lineage_id = row.lineage_id AND held.dead_at IS NULL
             AND held.not_before > 0 AND held.id < row.id
             AND (held.not_before > @due OR held.attempted_at >= @since))
         AND (event_type != 'pattern_merged' OR NOT EXISTS (
           SELECT 1 FROM outbox AS held INDEXED BY outbox_held
           WHERE held.sink = row.sink AND held.dead_at IS NULL
             AND held.not_before > 0 AND held.id < row.id
             AND (held.not_before > @due OR held.attempted_at >= @since)))
       ORDER BY id`,
    );
    this.#acknowledge = database.prepare<[string]>(
      'DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))',
    );
    this.#fail = database.prepare<[number, number, number, string, number | null, number]>(
      `UPDATE outbox SET attempts = attempts + 1, faults = faults + ?, attempted_at = ?,
         not_before = ?, last_error = ?, dead_at = ? WHERE id = ?`,
    );
    this.#nextAt = database
      .prepare<[string, number], number | null>(
        `SELECT min(not_before) FROM outbox INDEXED BY outbox_held
         WHERE sink = ? AND dead_at IS NULL AND not_before > 0 AND not_before > ?`,
      )
      .pluck();
    this.#isDue = database
      .prepare<[string, number], number>(
        `SELECT 1 FROM outbox INDEXED BY outbox_live
         WHERE sink = ? AND dead_at IS NULL AND not_before <= ? LIMIT 1`,
      )
      .pluck();
    this.#requeue = database.prepare<{ readonly sink: string; readonly sessionId: string | null }>(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE sink = @sink AND dead_at IS NOT NULL
         AND (@sessionId IS NULL OR substr(session_id, 1, length(@sessionId)) = @sessionId)`,
    );
  }

  /** Adds an event; false if it is there already. */
  add(event: OutboxEvent, now: number): boolean {
    const { eventId, eventType, sessionId, patternId, lineageId, body } = event;
    const values = [eventId, eventType, sessionId, patternId, lineageId, body, now] as const;
    return this.#insert.run(this.#sink, ...values).changes === 1;
  }

  /**
   * Rows to send next, in order. A row behind one of its lineage that waits for another attempt is
   * not due, so that a parent always comes before its child; a merge, which has parents in several
   * lineages, is not due behind any that waits. A dead letter holds nothing back.
   */
  due({ now, after, rows, characters, sessionId, since, early }: DueLimits): DueEvent[] {
    const due: DueEvent[] = [];
    let length = 0;
    const parameters = {
      sink: this.#sink,
      after,
      due: early ? Number.MAX_SAFE_INTEGER : now,
      since,
      sessionId: sessionId ?? null,
    };
    for (const row of this.#due.iterate(parameters)) {
      length += row.body.length;
      if (due.length > 0 && length > characters) break;
      due.push(row);
      if (due.length >= rows) break;
    }
    return due;
  }

  /** Forgets what the sink has acknowledged. */
  acknowledge(ids: readonly number[]): void {
    if (ids.length > 0) this.#acknowledge.run(JSON.stringify(ids));
  }

  /** Notes an attempt that failed. */
  fail(id: number, { error, at, notBefore, isFault }: FailedAttempt): void {
    const deadAt = notBefore === undefined ? at : null;
    this.#fail.run(isFault ? 1 : 0, at, notBefore ?? 0, error, deadAt, id);
  }

  /** True when there is a row that does not wait for another attempt. */
  isDue(now: number): boolean {
    return this.#isDue.get(this.#sink, now) !== undefined;
  }

  /** When the first of the rows that wait for another attempt is due; undefined when none waits. */
  nextAttemptAt(now: number): number | undefined {
    return this.#nextAt.get(this.#sink, now) ?? undefined;
  }

  /** Gives dead letters another chance, of one session or of all; how many there were. */
  requeueDead(sessionId?: string): number {
    return this.#requeue.run({ sink: this.#sink, sessionId: sessionId ?? null }).changes;
  }
}

// --- internal ---

interface DueParameters {
  readonly sink: string;
  readonly after: number;
  readonly due: number;
  readonly since: number;
  readonly sessionId: string | null;
}
