import type { EdgeType, TransformationType } from '../../lineage-api/lineage-terms.ts';
import type { Database } from '../database/database.ts';

/** A pattern that a walk through the lineage met. Times are milliseconds since 1970. */
export interface LineageNode {
  readonly id: string;
  /** Null, like the fields up to `lastSeenAt`, where an edge leads to a pattern that is not stored. */
  readonly name: string | null;
  readonly version: string | null;
  readonly language: string | null;
  readonly generation: number | null;
  readonly lineageId: string | null;
  readonly lastSeenAt: number | null;
  /** How it came from the node it is reached by. */
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  /** When that edge was made. */
  readonly edgeCreatedAt: number;
  /** The node it is reached by, nearer to the pattern asked about. */
  readonly viaId: string;
  /** Steps from the pattern asked about, from 1. */
  readonly depth: number;
}

/** Where a pattern came from and what came from it. */
export interface Lineage {
  /** Nearest first; a merge has several at one depth. */
  readonly ancestors: readonly LineageNode[];
  readonly descendants: readonly LineageNode[];
  /** True when the lineage goes on beyond the limits. */
  readonly isCut: boolean;
}

/** How far a walk goes in one direction. */
export interface LineageLimits {
  /** Steps from the pattern asked about. */
  readonly depth: number;
  readonly nodes: number;
}

/** How far people are shown a lineage. */
export const LINEAGE_LIMITS: LineageLimits = Object.freeze({ depth: 20, nodes: 200 });

/** What a pattern came from and what came from it. */
export function lineageOf(
  database: Database,
  patternId: string,
  limits: LineageLimits = LINEAGE_LIMITS,
): Lineage {
  const up = walkLineage(database, patternId, 'ancestry', limits);
  const down = walkLineage(database, patternId, 'descendants', limits);
  return { ancestors: up.nodes, descendants: down.nodes, isCut: up.isCut || down.isCut };
}

/** The beginnings of the code of patterns, from the first character that is not white space, by their ids. */
export function codeHeads(database: Database, ids: readonly string[]): Map<string, string> {
  const rows = database
    .prepare<[string], { id: string; head: string }>(
      `SELECT id, substr(ltrim(code, ' ' || char(9, 10, 13)), 1, 80) AS head FROM patterns
       WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(ids));
  return new Map(rows.map(({ id, head }) => [id, head]));
}

/**
 * Walks from `start` in one direction, nearest first. Each node comes once, so that a cycle ends.
 *
 * @param isShown false leaves out a node, and the nodes that only it leads to @default all are shown
 */
export function walkLineage<T extends LineageNode = LineageNode>(
  database: Database,
  start: string,
  direction: 'ancestry' | 'descendants',
  limits: LineageLimits,
  isShown: (node: LineageNode) => node is T = (_node): _node is T => true,
): { nodes: T[]; isCut: boolean } {
  const [from, to] =
    direction === 'ancestry' ? ['child_id', 'parent_id'] : ['parent_id', 'child_id'];
  const next = database.prepare<[string], Omit<LineageNode, 'viaId' | 'depth'>>(
    `SELECT edge.${to} AS id, p.name, p.version, p.language, p.generation,
       p.lineage_id AS lineageId, p.last_seen_at AS lastSeenAt, edge.edge_type AS edgeType,
       edge.transformation_type AS transformationType, edge.created_at AS edgeCreatedAt
     FROM lineage_edges edge LEFT JOIN patterns p ON p.id = edge.${to}
     WHERE edge.${from} = ? ORDER BY edge.created_at, edge.${to}`,
  );
  const seen = new Set([start]);
  const nodes: T[] = [];
  let ring = [start];
  for (let depth = 1; ring.length > 0; depth++) {
    const outer: string[] = [];
    for (const viaId of ring) {
      for (const found of next.iterate(viaId)) {
        const node = { ...found, viaId, depth };
        if (seen.has(found.id) || !isShown(node)) continue;
        if (depth > limits.depth || nodes.length >= limits.nodes) return { nodes, isCut: true };
        seen.add(found.id);
        nodes.push(node);
        outer.push(found.id);
      }
    }
    ring = outer;
  }
  return { nodes, isCut: false };
}
