import { MAX_WAIT_MS } from '../breaker/backoff.ts';
import { checkAscent } from '../../store/database/ascent.ts';
import type { Database } from '../../store/database/database.ts';

/** The event type of a row that asks the server to delete a pattern. It is always sent alone. */
export const ERASURE_EVENT = 'pattern_forgotten';

/** A row of the outbox that was due, without what is sent. Times are milliseconds since 1970 UTC. */
export interface SentEvent {
  readonly id: number;
  readonly eventId: string;
  readonly lineageId: string;
  readonly eventType: string;
  readonly attempts: number;
  readonly faults: number;
  readonly attemptedAt: number | null;
}

/** A row of the outbox that is due. */
export interface DueEvent extends SentEvent {
  /** Bytes, because V8 would copy a text several times until it is sent. */
  readonly body: Buffer;
}

/**
 * SQL: true for a row that waits at `@now` for its next attempt. A row is due if its last attempt lies in
 * the future, or if it would wait longer than the longest wait: the clock was set back since.
 */
export const WAITS = `(not_before > @now AND not_before <= @now + ${MAX_WAIT_MS} AND coalesce(attempted_at, 0) <= @now)`;

/** Which rows a pass sends. */
export interface OutboxPassOptions {
  /** True also sends rows that wait for their next attempt, once in a pass. @default false */
  readonly early?: boolean | undefined;
  /**
   * The id of a session. The pass then sends only the rows this session has when the pass begins, and the
   * rows that the sink must have before them.
   */
  readonly sessionId?: string | undefined;
}

/** Which rows {@link OutboxPass.next} returns. */
export interface PassLimits {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Only rows after this id. */
  readonly after: number;
  /** The most rows to return. */
  readonly rows: number;
  /** The most bytes in their bodies; the first row is returned whatever its size. */
  readonly bytes: number;
}

/**
 * One pass through the outbox of a sink, in which no row overtakes one that it builds on. The pass
 * remembers the rows it has passed over, so that it looks at each row about once in all.
 */
export class OutboxPass {
  readonly #database: Database;
  readonly #sink: string;
  readonly #options: OutboxPassOptions;
  readonly #scan;
  readonly #row;
  /** The first row of each lineage that has to wait: the rows behind it wait, too. */
  readonly #held = new Map<string, number>();
  #firstHeld = Infinity;
  /** The last row of each lineage that a session needs; undefined: all rows are wanted. */
  #needed: ReadonlyMap<string, number> | undefined;
  #hasBegun = false;

  constructor(database: Database, sink: string, options: OutboxPassOptions) {
    this.#database = database;
    this.#sink = sink;
    this.#options = options;
    // Without bodies: for many rows the only question is whether they are held.
    this.#scan = database
      .prepare<{ sink: string; after: number; now: number }, ScannedRow>(
        `SELECT id, lineage_id, event_type, ${WAITS} FROM outbox INDEXED BY outbox_live
         WHERE sink = @sink AND dead_at IS NULL AND id > @after ORDER BY id`,
      )
      .raw();
    this.#row = database.prepare<[number], DueEvent>(
      `SELECT id, event_id AS eventId, lineage_id AS lineageId, event_type AS eventType,
         CAST(body AS BLOB) AS body, attempts, faults, attempted_at AS attemptedAt
       FROM outbox WHERE id = ?`,
    );
  }

  /** True when this pass has left out rows because they have to wait. */
  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /**
   * The rows to send next, in order. A row waits behind any waiting row of its lineage, so that a parent
   * always comes before its child. A row that may have parents in other lineages waits behind any waiting
   * row. A dead letter holds up nothing.
   *
   * @throws TrackerError E_DATABASE_CORRUPT
   */
  next({ now, after, rows, bytes }: PassLimits): DueEvent[] {
    this.#begin();
    const due: DueEvent[] = [];
    let length = 0;
    for (const id of this.#dueIds(now, after, rows)) {
      const row = this.#row.get(id);
      if (!row) continue;
      length += row.body.length;
      if (due.length > 0 && length > bytes) break;
      due.push(row);
    }
    const last = due.at(-1);
    if (last) checkAscent('outbox', [after], [last.id]);
    return due;
  }

  /** Makes a row wait, and the rows that build on it, after its attempt has failed. */
  hold({ id, lineageId }: Pick<SentEvent, 'id' | 'lineageId'>): void {
    this.#held.set(lineageId, Math.min(id, this.#held.get(lineageId) ?? Infinity));
    this.#firstHeld = Math.min(id, this.#firstHeld);
  }

  #dueIds(now: number, after: number, rows: number): number[] {
    const due: number[] = [];
    const { early } = this.#options;
    for (const [id, lineageId, eventType, waits] of this.#scan.iterate({
      sink: this.#sink,
      after,
      now,
    })) {
      if (this.#needed && id > (this.#needed.get(lineageId) ?? -1)) continue;
      const isHeld =
        (waits === 1 && !early) ||
        id >= (this.#held.get(lineageId) ?? Infinity) ||
        (crossesLineages(eventType) && id >= this.#firstHeld);
      if (isHeld) this.hold({ id, lineageId });
      else due.push(id);
      if (due.length >= rows) break;
    }
    return due;
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { sessionId } = this.#options;
    if (sessionId !== undefined) this.#needed = this.#neededBy(sessionId);
  }

  /** Reads from the last row to the first, because the rows that a row builds on lie before it. */
  #neededBy(sessionId: string): Map<string, number> {
    const needed = new Map<string, number>();
    const backwards = this.#database
      .prepare<{ sink: string; sessionId: string }, ScannedRow>(
        `SELECT id, lineage_id, event_type, coalesce(session_id = @sessionId, 0)
         FROM outbox INDEXED BY outbox_live
         WHERE sink = @sink AND dead_at IS NULL ORDER BY id DESC`,
      )
      .raw();
    const parentLineages = this.#database
      .prepare<[number], string>(
        `SELECT DISTINCT lineage_id FROM patterns WHERE id IN
           (SELECT value FROM outbox, json_each(body, '$.parent_pattern_ids') WHERE outbox.id = ?)`,
      )
      .pluck();
    const need = (lineageId: string, id: number) => {
      if (!needed.has(lineageId)) needed.set(lineageId, id);
    };
    for (const [id, lineageId, eventType, isOwn] of backwards.iterate({
      sink: this.#sink,
      sessionId,
    })) {
      if (isOwn === 1) need(lineageId, id);
      if (!needed.has(lineageId) || !crossesLineages(eventType)) continue;
      for (const parent of parentLineages.all(id)) need(parent, id);
    }
    return needed;
  }
}

/** What is still needed of an event that was sent. */
export function withoutBody(row: DueEvent): SentEvent {
  const { id, eventId, lineageId, eventType, attempts, faults, attemptedAt } = row;
  return { id, eventId, lineageId, eventType, attempts, faults, attemptedAt };
}

/** True for an event that may have parents in other lineages than its own. */
export function crossesLineages(eventType: string): boolean {
  return eventType === 'pattern_merged' || eventType === 'pattern_forked';
}

// --- internal ---

/** Id, lineage, event type, and 1 if the row has the property asked for. */
type ScannedRow = [id: number, lineageId: string, eventType: string, isSo: 0 | 1];
