import type { EdgeType } from '../../lineage-api/lineage-event.ts';
import type { Database } from '../database/database.ts';

/** Writes a descent that was declared and not seen: of several parents, or other than by an edit. */
export class DescentWriter {
  readonly #removeEdges;
  readonly #addEdge;
  readonly #setGeneration;

  constructor(database: Database) {
    this.#removeEdges = database.prepare<[string]>('DELETE FROM lineage_edges WHERE child_id = ?');
    this.#addEdge = database.prepare<[string, string, EdgeType, number]>(
      'INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at) VALUES (?, ?, ?, ?)',
    );
    this.#setGeneration = database.prepare<[number, string]>(
      'UPDATE patterns SET generation = ? WHERE id = ?',
    );
  }

  /** Makes these the parents of a pattern that was just written and has no children. */
  write(
    childId: string,
    parentIds: readonly string[],
    descent: { readonly edgeType: EdgeType; readonly generation: number; readonly at: number },
  ): void {
    this.#removeEdges.run(childId);
    for (const parentId of parentIds) {
      this.#addEdge.run(childId, parentId, descent.edgeType, descent.at);
    }
    this.#setGeneration.run(descent.generation, childId);
  }
}
