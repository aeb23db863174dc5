import type { EdgeType, TransformationType } from '../../../lineage-api/lineage-terms.ts';
import type { Relative, WalkLimits } from './relatives.ts';
import type { PatternNode } from './tracked-event.ts';

/** A version of a pattern, as an evolution shows it. */
export interface EvolutionNode extends PatternNode {
  readonly name: string;
  readonly patternType: string;
  readonly createdAt: number;
}

/** How one version came from another. */
export interface EvolutionEdge {
  readonly source: PatternNode;
  readonly target: PatternNode;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  readonly createdAt: number;
}

/** Every version of a pattern, and of all that it came from or that came from it. */
export interface Evolution {
  readonly nodes: readonly EvolutionNode[];
  readonly edges: readonly EvolutionEdge[];
  /** True when there is more than the limits let through. */
  readonly isCut: boolean;
}

/** A later version as a store keeps it. */
export interface VersionRow extends Omit<EvolutionNode, 'lineageId'> {
  /** The version of the same pattern that it was made from. */
  readonly fromVersion: string | null;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
}

/** An edge between two patterns as a store keeps it. */
export interface EdgeRow extends Omit<EvolutionEdge, 'source' | 'target'> {
  readonly childId: string;
  readonly parentId: string;
}

/** Which rows a store has to look up for an evolution. */
export interface EvolutionNeeds {
  /** The pattern asked about and its relatives, nearest first, without duplicates. */
  readonly ids: readonly string[];
  /** The most later versions to read: one more than can be shown, which tells that there are more. */
  readonly versions: number;
  /** The most edges to read. */
  readonly edges: number;
  /** True when a walk was cut or there are more relatives than can be shown. */
  readonly isCut: boolean;
}

interface Walked {
  readonly relatives: readonly Relative[];
  readonly isCut: boolean;
}

/** What to look up for the evolution of `id` after a walk in either direction. */
export function evolutionNeeds(
  id: string,
  up: Walked,
  down: Walked,
  limits: WalkLimits,
): EvolutionNeeds {
  const ids = [id, ...[...up.relatives, ...down.relatives].map(({ patternId }) => patternId)];
  return {
    ids: [...new Set(ids.slice(0, limits.rows))],
    versions: limits.rows + 1,
    edges: EDGES_PER_ROW * limits.rows,
    isCut: up.isCut || down.isCut || ids.length > limits.rows,
  };
}

/**
 * Joins the rows that a store has looked up. Every pattern comes before any later version, so that a cut
 * evolution still holds together.
 */
export function evolutionFrom(
  needs: EvolutionNeeds,
  rows: {
    readonly firsts: readonly EvolutionNode[];
    readonly versions: readonly VersionRow[];
    readonly edges: readonly EdgeRow[];
  },
  limits: WalkLimits,
): Evolution {
  const nodes = [...rows.firsts];
  const edges: EvolutionEdge[] = [];
  const firsts = new Map(rows.firsts.map((node) => [node.patternId, node]));
  const known = new Map(rows.firsts.map((node) => [keyOf(node.patternId, node.version), node]));
  const left = Math.max(limits.rows - nodes.length, 0);
  for (const row of rows.versions.slice(0, left)) {
    const { fromVersion, edgeType, transformationType, ...version } = row;
    const { patternId, createdAt } = version;
    const first = firsts.get(patternId);
    if (!first) continue; // a version of a pattern that is gone
    const target = { ...version, lineageId: first.lineageId };
    const source = known.get(keyOf(patternId, fromVersion ?? first.version)) ?? first;
    known.set(keyOf(patternId, target.version), target);
    nodes.push(target);
    edges.push({ source, target, edgeType, transformationType, createdAt });
  }
  for (const { childId, parentId, ...edge } of rows.edges) {
    const [source, target] = [firsts.get(parentId), firsts.get(childId)];
    if (source && target) edges.push({ source, target, ...edge });
  }
  nodes.sort((a, b) => a.generation - b.generation || a.createdAt - b.createdAt);
  const isCut = needs.isCut || rows.versions.length > left || rows.edges.length >= needs.edges;
  return { nodes, edges, isCut };
}

/** Edges that are read for each row shown: a pattern can be reached in several ways. */
export const EDGES_PER_ROW = 10;

// --- internal ---

function keyOf(patternId: string, version: string): string {
  return JSON.stringify([patternId, version]);
}
