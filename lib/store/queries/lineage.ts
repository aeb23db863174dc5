import type { Database } from '../database/database.ts';

/** A pattern found on the way along the edges. Its name and the like are null if it is not stored here. */
export interface LineageNode {
  readonly id: string;
  readonly name: string | null;
  readonly language: string | null;
  readonly generation: number | null;
  readonly lastSeenAt: number | null;
  /** Type of the edge between it and `viaId`. */
  readonly edgeType: string;
  /** The node from which it was reached, one step nearer to the pattern asked about. */
  readonly viaId: string;
  /** Steps from the pattern asked about, from 1. */
  readonly depth: number;
}

/** Ancestors and descendants of one pattern. */
export interface Lineage {
  /** Nearest first; a merge has several at one depth. */
  readonly ancestors: readonly LineageNode[];
  readonly descendants: readonly LineageNode[];
  /** True when it goes on beyond the limits. */
  readonly isCut: boolean;
}

/** How far {@link lineageOf} looks. */
export interface LineageLimits {
  /** Steps in either direction. */
  readonly depth: number;
  /** Nodes in either direction. */
  readonly nodes: number;
}

/** The default limits, chosen by hand: more than a person reads through. */
export const LINEAGE_LIMITS: LineageLimits = Object.freeze({ depth: 20, nodes: 200 });

/** What a pattern came from and what came from it. Each node is listed once, so a cycle ends. */
export function lineageOf(
  database: Database,
  patternId: string,
  limits: LineageLimits = LINEAGE_LIMITS,
): Lineage {
  const up = walk(database, 'child_id', 'parent_id', patternId, limits);
  const down = walk(database, 'parent_id', 'child_id', patternId, limits);
  return { ancestors: up.nodes, descendants: down.nodes, isCut: up.isCut || down.isCut };
}

// --- internal ---

function walk(
  database: Database,
  from: 'child_id' | 'parent_id',
  to: 'child_id' | 'parent_id',
  start: string,
  limits: LineageLimits,
): { nodes: LineageNode[]; isCut: boolean } {
  const next = database.prepare<[string], Omit<LineageNode, 'viaId' | 'depth'>>(
    `SELECT edge.${to} AS id, p.name, p.language, p.generation, p.last_seen_at AS lastSeenAt,
       edge.edge_type AS edgeType
     FROM lineage_edges edge LEFT JOIN patterns p ON p.id = edge.${to}
     WHERE edge.${from} = ? ORDER BY edge.created_at, edge.${to}`,
  );
  const seen = new Set([start]);
  const nodes: LineageNode[] = [];
  let ring = [start];
  for (let depth = 1; ring.length > 0; depth++) {
    const outer: string[] = [];
    for (const viaId of ring) {
      for (const found of next.iterate(viaId)) {
        if (seen.has(found.id)) continue;
        if (depth > limits.depth || nodes.length >= limits.nodes) return { nodes, isCut: true };
        seen.add(found.id);
        nodes.push({ ...found, viaId, depth });
        outer.push(found.id);
      }
    }
    ring = outer;
  }
  return { nodes, isCut: false };
}
