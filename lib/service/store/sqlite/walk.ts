import type { Database } from '../../../store/database/database.ts';
import { walkLineage } from '../../../store/queries/lineage.ts';
import type { LineageNode } from '../../../store/queries/lineage.ts';
import { evolutionFrom, evolutionNeeds } from '../rows/evolution.ts';
import type { EdgeRow, Evolution, EvolutionNode, VersionRow } from '../rows/evolution.ts';
import type { Direction, Relative, Relatives, WalkLimits } from '../rows/relatives.ts';

/** What a pattern came from, or what came from it, nearest first; undefined if it is not stored. */
export function relativesOf(
  database: Database,
  id: string,
  direction: Direction,
  limits: WalkLimits,
): Relatives | undefined {
  const node = database
    .prepare<[string], Relatives['node']>(
      `SELECT id AS patternId, version, lineage_id AS lineageId, generation,
         first_seen_at AS createdAt FROM patterns WHERE id = ?`,
    )
    .get(id);
  return node && { node, ...walk(database, id, direction, limits) };
}

/** Every version of a pattern and of its relatives in either direction; undefined if it is not stored. */
export function evolutionOf(
  database: Database,
  id: string,
  limits: WalkLimits,
): Evolution | undefined {
  const up = relativesOf(database, id, 'ancestry', limits);
  if (!up) return undefined;
  const needs = evolutionNeeds(id, up, walk(database, id, 'descendants', limits), limits);
  const ids = JSON.stringify(needs.ids);
  const firsts = database
    .prepare<[string], EvolutionNode>(
      `SELECT p.id AS patternId, p.version, p.lineage_id AS lineageId, p.generation, p.name,
         p.pattern_type AS patternType, p.first_seen_at AS createdAt
       FROM json_each(?) shown CROSS JOIN patterns p ON p.id = shown.value`,
    )
    .all(ids);
  const versions = database
    .prepare<[string, number], VersionRow>(
      `SELECT v.pattern_id AS patternId, v.version, v.generation, v.name,
         v.pattern_type AS patternType, v.from_version AS fromVersion, v.edge_type AS edgeType,
         v.transformation_type AS transformationType, v.at AS createdAt
       FROM json_each(?) shown CROSS JOIN pattern_versions v ON v.pattern_id = shown.value
       ORDER BY v.pattern_id, v.at, v.version LIMIT ?`,
    )
    .all(ids, needs.versions);
  const edges = database
    .prepare<[{ ids: string; limit: number }], EdgeRow>(
      `SELECT e.child_id AS childId, e.parent_id AS parentId, e.edge_type AS edgeType,
         e.transformation_type AS transformationType, e.created_at AS createdAt
       FROM json_each(@ids) shown CROSS JOIN lineage_edges e ON e.child_id = shown.value
       WHERE e.parent_id IN (SELECT value FROM json_each(@ids))
       ORDER BY e.created_at, e.parent_id LIMIT @limit`,
    )
    .all({ ids, limit: needs.edges });
  return evolutionFrom(needs, { firsts, versions, edges }, limits);
}

// --- internal ---

/** A node whose pattern is stored. */
type KnownNode = LineageNode & {
  readonly [Key in 'name' | 'version' | 'generation' | 'lineageId']: NonNullable<LineageNode[Key]>;
};

function walk(
  database: Database,
  start: string,
  direction: Direction,
  { depth, rows }: WalkLimits,
): { readonly relatives: readonly Relative[]; readonly isCut: boolean } {
  const limits = { depth, nodes: rows };
  const { nodes, isCut } = walkLineage(database, start, direction, limits, isKnown);
  const relatives = nodes.map((node) => ({
    patternId: node.id,
    version: node.version,
    lineageId: node.lineageId,
    generation: node.generation,
    name: node.name,
    edgeType: node.edgeType,
    transformationType: node.transformationType,
    createdAt: node.edgeCreatedAt,
    depth: node.depth,
  }));
  return { relatives, isCut };
}

function isKnown(node: LineageNode): node is KnownNode {
  return node.name !== null;
}
