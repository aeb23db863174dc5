import { MAX_WAIT_MS } from '../breaker/backoff.ts';
import type { Database } from '../../store/database/database.ts';

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

/**
 * True, in SQL, for a row that waits at `@now` for its next attempt. One that was attempted later than
 * now, or has longer to wait than anything has, is due: the clock has been set back since.
 */
export const WAITS = `(not_before > @now AND not_before <= @now + ${MAX_WAIT_MS} AND coalesce(attempted_at, 0) <= @now)`;

export interface OutboxPassOptions {
  /** Rows that wait for their next attempt are due too, once in a pass. */
  readonly early?: boolean | undefined;
  /**
   * The first characters of a session id, or all of it: only its rows, as they are when the pass
   * begins, and those that the sink must have before them.
   */
  readonly sessionId?: string | undefined;
}

/** Which rows `next` may give. */
export interface PassLimits {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Rows after this id only. */
  readonly after: number;
  readonly rows: number;
  /** Characters of their bodies; one row is given however large. */
  readonly characters: number;
}

/**
 * One pass through the outbox of a sink, in which no row overtakes one that it builds on. It remembers
 * what it has passed over, so that all of it together looks at each row about once.
 */
export class OutboxPass {
  readonly #database: Database;
  readonly #sink: string;
  readonly #options: OutboxPassOptions;
  readonly #scan;
  readonly #row;
  /** The first row of each lineage that has to wait: those behind it wait too. */
  readonly #held = new Map<string, number>();
  #firstHeld = Infinity;
  /** The last row of each lineage that a session needs; undefined: all rows are wanted. */
  #needed: ReadonlyMap<string, number> | undefined;
  #hasBegun = false;

  constructor(database: Database, sink: string, options: OutboxPassOptions) {
    this.#database = database;
    this.#sink = sink;
    this.#options = options;
    // Without the bodies: of many rows, all that is asked is whether they are held.
    this.#scan = database
      .prepare<{ sink: string; after: number; now: number }, ScannedRow>(
        `SELECT id, lineage_id, event_type, ${WAITS} FROM outbox INDEXED BY outbox_live
         WHERE sink = @sink AND dead_at IS NULL AND id > @after ORDER BY id`,
      )
      .raw();
    this.#row = database.prepare<[number], DueEvent>(
      `SELECT id, event_id AS eventId, lineage_id AS lineageId, event_type AS eventType, body,
         attempts, faults, attempted_at AS attemptedAt
       FROM outbox WHERE id = ?`,
    );
  }

  /** True when this pass has left out rows that it is about, because they have to wait. */
  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /**
   * Rows to send next, in order. A row behind one of its lineage that has to wait has to wait too, so
   * that a parent always comes before its child; one that may have parents in other lineages waits
   * behind any. A dead letter holds nothing back.
   */
  next({ now, after, rows, characters }: PassLimits): DueEvent[] {
    this.#begin();
    const due: DueEvent[] = [];
    let length = 0;
    for (const id of this.#dueIds(now, after, rows)) {
      const row = this.#row.get(id);
      if (!row) continue;
      length += row.body.length;
      if (due.length > 0 && length > characters) break;
      due.push(row);
    }
    return due;
  }

  /** From here on a row waits, and what builds on it: its attempt has failed. */
  hold({ id, lineageId }: Pick<DueEvent, 'id' | 'lineageId'>): void {
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

  /** From the last row to the first, for what a row builds on lies before it. */
  #neededBy(sessionId: string): Map<string, number> {
    const needed = new Map<string, number>();
    const backwards = this.#database
      .prepare<{ sink: string; sessionId: string }, ScannedRow>(
        `SELECT id, lineage_id, event_type,
           coalesce(substr(session_id, 1, length(@sessionId)) = @sessionId, 0)
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

/** True for an event that may have parents in other lineages than its own. */
export function crossesLineages(eventType: string): boolean {
  return eventType === 'pattern_merged' || eventType === 'pattern_forked';
}

// --- internal ---

/** Id, lineage, event type, and 1 for what is asked of the row. */
type ScannedRow = [id: number, lineageId: string, eventType: string, isSo: 0 | 1];
