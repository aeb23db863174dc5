import type { Database } from '../../store/database/database.ts';

/** An event in the outbox, as far as it says what its server has to know. */
export interface IntroductionRow {
  readonly patternId: string;
  readonly eventType: string;
  readonly parentIds: readonly string[];
  readonly isDead: boolean;
}

/** The rows by which a sink is introduced to patterns, and those that need them. */
export class IntroductionRows {
  readonly #sink: string;
  readonly #revive;
  readonly #rows;
  readonly #lastId;
  readonly #moveBehind;

  constructor(database: Database, sink: string) {
    this.#sink = sink;
    this.#revive = database.prepare<[string]>(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE sink = ? AND dead_at IS NOT NULL AND event_id = 'pattern-' || pattern_id`,
    );
    this.#rows = database.prepare<[string], StoredRow>(
      `SELECT pattern_id AS patternId, event_type AS eventType,
         json_extract(body, '$.parent_pattern_ids') AS parents, dead_at IS NOT NULL AS isDead
       FROM outbox WHERE sink = ? ORDER BY id`,
    );
    this.#lastId = database.prepare<[], number | null>('SELECT max(id) FROM outbox').pluck();
    this.#moveBehind = database.prepare<Record<string, string | number>>(
      `WITH ranked AS (
         SELECT id, row_number() OVER (ORDER BY id) AS rank FROM outbox
         WHERE sink = @sink AND id <= @last)
       UPDATE outbox SET id = @introduced + ranked.rank FROM ranked WHERE outbox.id = ranked.id`,
    );
  }

  /** Gives introductions that are dead letters another chance. */
  reviveDead(): void {
    this.#revive.run(this.#sink);
  }

  /** Everything in the outbox, dead letters too, in its order. */
  all(): IntroductionRow[] {
    return this.#rows.all(this.#sink).map(({ patternId, eventType, parents, isDead }) => ({
      patternId,
      eventType,
      parentIds: JSON.parse(parents ?? '[]') as string[],
      isDead: isDead === 1,
    }));
  }

  /**
   * Puts what `introduce` adds ahead of what was there: each earlier row once more at the end, by its
   * rank. Rows of other sinks stay, for they may be on their way.
   */
  putAhead(introduce: () => void): void {
    const last = this.#lastId.get() ?? 0;
    introduce();
    const introduced = this.#lastId.get() ?? 0;
    if (introduced !== last) this.#moveBehind.run({ introduced, sink: this.#sink, last });
  }
}

// --- internal ---

interface StoredRow {
  readonly patternId: string;
  readonly eventType: string;
  /** JSON. */
  readonly parents: string | null;
  readonly isDead: 0 | 1;
}
