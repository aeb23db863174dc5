import { InvariantError } from '../../../base/errors.ts';
import { CHECKED_PATTERNS, LISTED_PROBLEMS } from '../rows/integrity-report.ts';
import type { IntegrityReport } from '../rows/integrity-report.ts';
import type { Sql } from './connection.ts';

/**
 * Checks one pattern and its edges, or the newest patterns, each looked up by itself (OFFSET 0). A later
 * version may come from anything, so the generation of a pattern with later versions says nothing about its
 * parents.
 */
export async function integrityOf(
  sql: Sql,
  tenant: string,
  patternId: string | undefined,
): Promise<IntegrityReport> {
  const checked =
    patternId === undefined
      ? sql`SELECT id, origin, generation FROM patterns WHERE tenant = ${tenant}
          ORDER BY first_seen_at DESC LIMIT ${CHECKED_PATTERNS}`
      : sql`SELECT ${patternId}::text COLLATE "C" AS id, p.origin, p.generation
          FROM (VALUES (1)) AS one
          LEFT JOIN patterns p ON p.tenant = ${tenant} AND p.id = ${patternId}`;
  const [row] = await sql<IntegrityReport[]>`
    WITH checked AS MATERIALIZED (${checked}),
    edges AS MATERIALIZED (
      SELECT c.id AS "childId", e.parent_id AS "parentId",
        c.generation AS child, coalesce(near.generation, far.generation) AS parent
      FROM checked c CROSS JOIN LATERAL (
        SELECT parent_id FROM lineage_edges WHERE tenant = ${tenant} AND child_id = c.id OFFSET 0
      ) AS e LEFT JOIN checked near ON near.id = e.parent_id
      LEFT JOIN LATERAL (
        SELECT generation FROM patterns
        WHERE near.id IS NULL AND tenant = ${tenant} AND id = e.parent_id OFFSET 0
      ) AS far ON true
    )
    SELECT
      (SELECT coalesce(json_agg(broken), '[]') FROM (
        SELECT "childId", "parentId" FROM edges WHERE child IS NULL OR parent IS NULL LIMIT ${LISTED_PROBLEMS}
      ) AS broken) AS "brokenEdges",
      (SELECT coalesce(json_agg(id), '[]') FROM (
        SELECT id FROM checked WHERE origin = 'modified'
          AND NOT EXISTS (SELECT FROM edges WHERE "childId" = id) LIMIT ${LISTED_PROBLEMS}
      ) AS orphan) AS orphans,
      (SELECT coalesce(json_agg("childId"), '[]') FROM (
        SELECT DISTINCT "childId" FROM edges WHERE child <= parent AND NOT EXISTS (
          SELECT FROM pattern_versions WHERE tenant = ${tenant} AND pattern_id = "childId"
        ) LIMIT ${LISTED_PROBLEMS}
      ) AS wrong) AS "wrongGenerations",
      (SELECT count(origin) FROM checked) AS "patternsChecked",
      (SELECT count(*) FROM edges) AS "edgesChecked"`;
  if (!row) throw new InvariantError('A SELECT of aggregates gave no row');
  return { ...row };
}
