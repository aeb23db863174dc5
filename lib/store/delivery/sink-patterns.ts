import type { Database } from '../database.ts';

/** A pattern as a sink has to be told of it. */
export interface UntoldPattern {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly lineageId: string;
  readonly generation: number;
  readonly firstSeenAt: number;
  readonly parentId: string | null;
}

/** No lineage is followed further up than this; the generations beyond it are not sent. */
const MAX_ANCESTORS = 1_000;

/** Which patterns a sink knows of, or will once its outbox is delivered. */
export class SinkPatterns {
  readonly #sink: string;
  readonly #knows;
  readonly #add;
  readonly #forget;
  readonly #pattern;

  constructor(database: Database, sink: string) {
    this.#sink = sink;
    this.#knows = database
      .prepare<[string, string], number>(
        'SELECT 1 FROM sink_patterns WHERE sink = ? AND pattern_id = ?',
      )
      .pluck();
    this.#add = database.prepare<[string, string]>(
      'INSERT INTO sink_patterns (sink, pattern_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#forget = database.prepare<[string]>('DELETE FROM sink_patterns WHERE sink = ?');
    this.#pattern = database.prepare<[string], UntoldPattern>(
      `SELECT id, name, code, language, lineage_id AS lineageId, generation,
         first_seen_at AS firstSeenAt,
         (SELECT parent_id FROM lineage_edges WHERE child_id = patterns.id AND edge_type = 'modified_from')
           AS parentId
       FROM patterns WHERE id = ?`,
    );
  }

  /** Notes that the sink is told of a pattern; false if it was already. */
  add(patternId: string): boolean {
    return this.#add.run(this.#sink, patternId).changes === 1;
  }

  /** It is another server now, which has been told of nothing. */
  forget(): void {
    this.#forget.run(this.#sink);
  }

  /** What the sink has to be told before it can understand `patternId`, itself included; oldest first. */
  untold(patternId: string): UntoldPattern[] {
    const untold: UntoldPattern[] = [];
    let next: string | null = patternId;
    while (next !== null && untold.length < MAX_ANCESTORS) {
      if (this.#knows.get(this.#sink, next)) break;
      const pattern: UntoldPattern | undefined = this.#pattern.get(next);
      if (!pattern) break;
      untold.unshift(pattern);
      next = pattern.parentId;
    }
    return untold;
  }
}
