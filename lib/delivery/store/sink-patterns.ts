import type { EdgeType } from '../../lineage-api/lineage-terms.ts';
import type { Database } from '../../store/database/database.ts';

/** A pattern that a sink has not been told about. */
export interface UntoldPattern {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly lineageId: string;
  readonly generation: number;
  readonly firstSeenAt: number;
  /** The parent in its own lineage comes first. */
  readonly parents: readonly UntoldParent[];
}

/** A parent of an {@link UntoldPattern}. */
export interface UntoldParent {
  readonly id: string;
  readonly edgeType: EdgeType;
}

/** The most untold ancestors that are sent with one pattern. */
const MAX_ANCESTORS = 1_000;

/** The patterns that a sink knows, or will know once its outbox is delivered. */
export class SinkPatterns {
  readonly #sink: string;
  readonly #knows;
  readonly #add;
  readonly #forget;
  readonly #remove;
  readonly #count;
  readonly #pattern;
  readonly #parents;

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
    this.#remove = database.prepare<[string, string]>(
      'DELETE FROM sink_patterns WHERE sink = ? AND pattern_id = ?',
    );
    this.#count = database
      .prepare<[string], number>('SELECT count(*) FROM sink_patterns WHERE sink = ?')
      .pluck();
    this.#pattern = database.prepare<[string], Omit<UntoldPattern, 'parents'>>(
      `SELECT id, name, code, language, lineage_id AS lineageId, generation,
         first_seen_at AS firstSeenAt
       FROM patterns WHERE id = ?`,
    );
    this.#parents = database.prepare<[string, string], UntoldParent>(
      `SELECT edge.parent_id AS id, edge.edge_type AS edgeType
       FROM lineage_edges edge JOIN patterns p ON p.id = edge.parent_id
       WHERE edge.child_id = ? ORDER BY p.lineage_id != ?, edge.created_at, edge.parent_id`,
    );
  }

  /** Records that the sink is told about a pattern; false if it was before. */
  add(patternId: string): boolean {
    return this.#add.run(this.#sink, patternId).changes === 1;
  }

  /** True when the sink has been told about a pattern, or will be. */
  has(patternId: string): boolean {
    return this.#knows.get(this.#sink, patternId) !== undefined;
  }

  /** The number of patterns that the sink has been told about, or will be. */
  get count(): number {
    return this.#count.get(this.#sink) ?? 0;
  }

  /** Marks every pattern as untold: the sink is a new server now. */
  forget(): void {
    this.#forget.run(this.#sink);
  }

  /** Marks a pattern as untold; false if it was. */
  remove(patternId: string): boolean {
    return this.#remove.run(this.#sink, patternId).changes === 1;
  }

  /** `patternId` and its ancestors, as far as the sink has not been told about them; parents first. */
  untold(patternId: string): UntoldPattern[] {
    const untold: UntoldPattern[] = [];
    const met = new Set<string>();
    const stack: (string | UntoldPattern)[] = [patternId];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (typeof next !== 'string') {
        untold.push(next); // its parents are in the list already
        continue;
      }
      if (met.has(next) || met.size >= MAX_ANCESTORS || this.has(next)) continue;
      met.add(next);
      const pattern = this.#pattern.get(next);
      if (!pattern) continue;
      const parents = this.#parents.all(next, pattern.lineageId);
      stack.push({ ...pattern, parents }, ...parents.map(({ id }) => id));
    }
    return untold;
  }
}
