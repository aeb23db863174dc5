import type {
  Claim,
  DescentChange,
  DescentNode,
  JudgedClaim,
  KnownDescent,
  PatternDescent,
} from '../../pattern/descent.ts';
import type { Database } from '../database/database.ts';

/** The columns of `patterns` that make a `DescentNode`, for a SELECT. */
export const DESCENT_COLUMNS = `coalesce(origin_at, first_seen_at) AS originAt,
  coalesce(origin_key, '') AS originKey, generation, lineage_id AS lineageId`;

/** A claim as {@link claimsSql} selects it. */
export interface ClaimRow extends Claim {
  /** Its place in the order in which the parents were named, from 0. */
  readonly position: number;
  readonly counts: 0 | 1;
}

/**
 * SQL that selects the claims of a pattern's origin, in the order in which the parents were named. It takes
 * the pattern's id twice. `schema` is SQLite's name of the database: `main`, or that of an attached one.
 */
export function claimsSql(schema: string): string {
  return `SELECT parent_id AS parentId, edge_type AS edgeType, created_at AS at,
       transformation_type AS transformationType, position, 1 AS counts
     FROM ${schema}.lineage_edges WHERE child_id = ? AND position >= 0
     UNION ALL
     SELECT parent_id, edge_type, created_at, transformation_type, position, 0
     FROM ${schema}.pending_edges WHERE child_id = ?
     ORDER BY position, parentId`;
}

/** The claim that a row holds. */
export function judgedClaim({ parentId, edgeType, transformationType, at, counts }: ClaimRow) {
  return { parentId, edgeType, transformationType, at, counts: counts === 1 } satisfies JudgedClaim;
}

/** The descent of patterns in tracker.db: what `Descent` reads, and where its changes are written. */
export class DescentRows implements KnownDescent {
  readonly #node;
  readonly #claims;
  readonly #claimants;
  readonly #setDescent;
  readonly #removeEdges;
  readonly #removePending;
  readonly #addEdge;
  readonly #addPending;
  readonly #demote;
  readonly #setAction;

  constructor(database: Database) {
    this.#node = database.prepare<[string], DescentNode>(
      `SELECT ${DESCENT_COLUMNS} FROM patterns WHERE id = ?`,
    );
    this.#claims = database.prepare<[string, string], ClaimRow>(claimsSql('main'));
    this.#claimants = database
      .prepare<[string, string], string>(
        `SELECT child_id FROM lineage_edges WHERE parent_id = ?
         UNION ALL SELECT child_id FROM pending_edges WHERE parent_id = ?`,
      )
      .pluck();
    this.#setDescent = database.prepare<[number, number, string, number, string, string, string]>(
      `UPDATE patterns SET first_seen_at = min(first_seen_at, ?), origin_at = ?, origin_key = ?,
         generation = ?, lineage_id = ?, origin = ?
       WHERE id = ?`,
    );
    this.#removeEdges = database.prepare<[string]>(
      'DELETE FROM lineage_edges WHERE child_id = ? AND position >= 0',
    );
    this.#removePending = database.prepare<[string]>(
      'DELETE FROM pending_edges WHERE child_id = ?',
    );
    const columns =
      '(child_id, parent_id, edge_type, transformation_type, created_at, position) VALUES (?, ?, ?, ?, ?, ?)';
    this.#addEdge = database.prepare<EdgeColumns>(
      // A further version of the pattern may have drawn the same edge: the origin's holds.
      `INSERT INTO lineage_edges ${columns}
       ON CONFLICT DO UPDATE SET edge_type = excluded.edge_type, position = excluded.position,
         transformation_type = excluded.transformation_type, created_at = excluded.created_at`,
    );
    this.#addPending = database.prepare<EdgeColumns>(`INSERT INTO pending_edges ${columns}`);
    this.#demote = database.prepare<[string]>(
      "UPDATE occurrences SET action = 'applied' WHERE pattern_id = ? AND action != 'applied'",
    );
    this.#setAction = database.prepare<[string, string]>(
      "UPDATE occurrences SET action = ? WHERE pattern_id = ? AND action != 'applied'",
    );
  }

  /** See `KnownDescent`. */
  readonly node = (id: string): DescentNode | undefined => this.#node.get(id);

  /** See `KnownDescent`. */
  readonly claims = (id: string): JudgedClaim[] => this.#claims.all(id, id).map(judgedClaim);

  /** See `KnownDescent`. */
  readonly claimants = (id: string): string[] => this.#claimants.all(id, id);

  /**
   * Writes what has changed. Add the rows of new patterns before this call, and an occurrence that became an
   * origin after it: the occurrences that are already there become `applied`.
   */
  apply(changes: readonly DescentChange[]): void {
    for (const { before, after, isRedrawn } of changes) {
      if (!before) this.#draw(after);
      else if (isRedrawn) this.#redraw(before, after);
      if (before) this.#describe(after);
    }
  }

  #redraw(before: DescentNode, after: PatternDescent): void {
    const { id, originAt, originKey, origin } = after;
    const isOriginNew = before.originAt !== originAt || before.originKey !== originKey;
    if (isOriginNew) this.#demote.run(id);
    else this.#setAction.run(origin, id);
    this.#removeEdges.run(id);
    this.#removePending.run(id);
    this.#draw(after);
  }

  #describe({ id, originAt, originKey, generation, lineageId, origin }: PatternDescent): void {
    this.#setDescent.run(originAt, originAt, originKey, generation, lineageId, origin, id);
  }

  #draw({ id, claims }: PatternDescent): void {
    for (const [position, claim] of claims.entries()) {
      const { parentId, edgeType, transformationType, at } = claim;
      const add = claim.counts ? this.#addEdge : this.#addPending;
      add.run(id, parentId, edgeType, transformationType, at, position);
    }
  }
}

// --- internal ---

type EdgeColumns = [string, string, string, string | null, number, number];
