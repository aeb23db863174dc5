import type {
  Claim,
  DescentChange,
  DescentNode,
  JudgedClaim,
  KnownDescent,
  PatternDescent,
} from '../../pattern/descent.ts';
import type { Database } from '../database/database.ts';

/** The rows of tracker.db that hold what `Descent` works out: read as it asks, written as it says. */
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
      `SELECT coalesce(origin_at, first_seen_at) AS originAt, coalesce(origin_key, '') AS originKey, generation,
         lineage_id AS lineageId
       FROM patterns WHERE id = ?`,
    );
    this.#claims = database.prepare<[string, string], ClaimRow>(
      `SELECT parent_id AS parentId, edge_type AS edgeType, created_at AS at,
         transformation_type AS transformationType, position, 1 AS counts
       FROM lineage_edges WHERE child_id = ? AND position >= 0
       UNION ALL
       SELECT parent_id, edge_type, created_at, transformation_type, position, 0
       FROM pending_edges WHERE child_id = ?
       ORDER BY position, parentId`,
    );
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
      // A further version of the pattern may have drawn the same edge.
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
  readonly claims = (id: string): JudgedClaim[] =>
    this.#claims
      .all(id, id)
      .map(({ position: _, counts, ...claim }) => ({ ...claim, counts: counts === 1 }));

  /** See `KnownDescent`. */
  readonly claimants = (id: string): string[] => this.#claimants.all(id, id);

  /**
   * Writes what has changed. The rows of new patterns have to be there; the occurrence that is an origin
   * now is added afterwards.
   */
  apply(changes: readonly DescentChange[]): void {
    for (const { before, after } of changes) {
      if (before) this.#change(before, after);
      else this.#draw(after);
    }
  }

  #change(before: DescentNode, after: PatternDescent): void {
    const { id, originAt, originKey, generation, lineageId, origin } = after;
    const isOriginNew = before.originAt !== originAt || before.originKey !== originKey;
    if (isOriginNew) this.#demote.run(id);
    else this.#setAction.run(origin, id);
    this.#removeEdges.run(id);
    this.#removePending.run(id);
    this.#draw(after);
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

interface ClaimRow extends Claim {
  readonly position: number;
  readonly counts: 0 | 1;
}

type EdgeColumns = [string, string, string, string | null, number, number];
