import { EDGES_PER_ROW, evolutionFrom, evolutionNeeds } from '../rows/evolution.ts';
import type { EdgeRow, Evolution, EvolutionNode, VersionRow } from '../rows/evolution.ts';
import type { Direction, Relative, Relatives, WalkLimits } from '../rows/relatives.ts';
import type { Sql } from './connection.ts';

/** What a pattern came from, or what came from it, nearest first; undefined if it is not stored. */
export async function relativesOf(
  sql: Sql,
  tenant: string,
  id: string,
  direction: Direction,
  limits: WalkLimits,
): Promise<Relatives | undefined> {
  const [nodes, walked] = await Promise.all([
    sql<Relatives['node'][]>`
      SELECT id AS "patternId", version, lineage_id AS "lineageId", generation,
        first_seen_at AS "createdAt"
      FROM patterns WHERE tenant = ${tenant} AND id = ${id}`,
    walk(sql, tenant, id, direction, limits),
  ]);
  const [node] = nodes;
  return node && { node, ...walked };
}

/** Every version of a pattern and of its relatives in either direction; undefined if it is not stored. */
export async function evolutionOf(
  sql: Sql,
  tenant: string,
  id: string,
  limits: WalkLimits,
): Promise<Evolution | undefined> {
  const [up, down] = await Promise.all([
    relativesOf(sql, tenant, id, 'ancestry', limits),
    walk(sql, tenant, id, 'descendants', limits),
  ]);
  if (!up) return undefined;
  const needs = evolutionNeeds(id, up, down, limits);
  const shown = [...needs.ids];
  const [firsts, versions, edges] = await Promise.all([
    sql<EvolutionNode[]>`
      SELECT id AS "patternId", version, lineage_id AS "lineageId", generation, name,
        pattern_type AS "patternType", first_seen_at AS "createdAt"
      FROM patterns WHERE tenant = ${tenant} AND id = ANY(${shown}::text[])`,
    sql<VersionRow[]>`
      SELECT pattern_id AS "patternId", version, generation, name, pattern_type AS "patternType",
        from_version AS "fromVersion", edge_type AS "edgeType",
        transformation_type AS "transformationType", at AS "createdAt"
      FROM pattern_versions WHERE tenant = ${tenant} AND pattern_id = ANY(${shown}::text[])
      ORDER BY pattern_id, at, version LIMIT ${needs.versions}`,
    sql<EdgeRow[]>`
      SELECT child_id AS "childId", parent_id AS "parentId", edge_type AS "edgeType",
        transformation_type AS "transformationType", created_at AS "createdAt"
      FROM lineage_edges WHERE tenant = ${tenant} AND child_id = ANY(${shown}::text[])
        AND parent_id = ANY(${shown}::text[])
      ORDER BY created_at, parent_id LIMIT ${needs.edges}`,
  ]);
  return evolutionFrom(needs, { firsts, versions, edges }, limits);
}

// --- internal ---

/** A walk ends after this time and says that it is cut. */
const WALK_SECONDS = 1;

async function walk(
  sql: Sql,
  tenant: string,
  start: string,
  direction: Direction,
  limits: WalkLimits,
): Promise<{ readonly relatives: Relative[]; readonly isCut: boolean }> {
  const [from, to] =
    direction === 'ancestry' ? ['child_id', 'parent_id'] : ['parent_id', 'child_id'];
  const mostRows = EDGES_PER_ROW * (limits.rows + 1);
  // UNION drops what it has met at the same depth by the same edge, the depth ends cycles, and LIMIT
  // stops the recursion as soon as there is enough.
  const rows = await sql<(Relative & { isLate: boolean })[]>`
    WITH RECURSIVE way (id, from_id, depth) AS (
      SELECT ${start}::text COLLATE "C", NULL::text COLLATE "C", 0
      UNION
      SELECT e.${sql(to)}, e.${sql(from)}, w.depth + 1
      FROM (SELECT DISTINCT id, depth FROM way) AS w
      JOIN lineage_edges e ON e.tenant = ${tenant} AND e.${sql(from)} = w.id
      WHERE w.depth <= ${limits.depth} AND clock_timestamp() < statement_timestamp() +
        make_interval(secs => ${WALK_SECONDS})
    ),
    met AS MATERIALIZED (SELECT * FROM way OFFSET 1 LIMIT ${mostRows})
    SELECT p.id AS "patternId", p.version, p.lineage_id AS "lineageId", p.generation, p.name,
      e.edge_type AS "edgeType", e.transformation_type AS "transformationType", met.depth,
      e.created_at AS "createdAt",
      clock_timestamp() > statement_timestamp() + make_interval(secs => ${WALK_SECONDS}) AS "isLate"
    FROM met JOIN patterns p ON p.tenant = ${tenant} AND p.id = met.id
    JOIN lineage_edges e ON e.tenant = ${tenant} AND e.${sql(to)} = met.id
      AND e.${sql(from)} = met.from_id
    ORDER BY met.depth, e.created_at, p.id`;
  const relatives = new Map<string, Relative>();
  let isCut = rows.length >= mostRows;
  for (const { isLate, ...relative } of rows) {
    const { patternId, depth } = relative;
    isCut ||= isLate;
    if (patternId === start || relatives.has(patternId)) continue;
    if (depth > limits.depth || relatives.size >= limits.rows) {
      isCut = true;
      break;
    }
    relatives.set(patternId, relative);
  }
  return { relatives: [...relatives.values()], isCut };
}
