import type { Database } from '../../../store/database/database.ts';
import { CHECKED_PATTERNS, LISTED_PROBLEMS } from '../rows/integrity-report.ts';
import type { IntegrityReport } from '../rows/integrity-report.ts';

/**
 * Checks one pattern and its edges, or the newest patterns. A later version may come from anything, so the
 * generation of a pattern with later versions says nothing about its parents.
 */
export function integrityOf(database: Database, patternId: string | undefined): IntegrityReport {
  const ids =
    patternId === undefined
      ? `SELECT id FROM patterns ORDER BY last_seen_at DESC LIMIT ${CHECKED_PATTERNS}`
      : 'SELECT @patternId AS id';
  const query = <T>(sql: string) =>
    database
      .prepare<[Record<string, unknown>], T>(`WITH checked AS MATERIALIZED (${ids}) ${sql}`)
      .all(patternId === undefined ? {} : { patternId });
  const edges = 'FROM checked JOIN lineage_edges edge ON edge.child_id = checked.id';
  const brokenEdges = query<{ childId: string; parentId: string }>(
    `SELECT edge.child_id AS childId, edge.parent_id AS parentId ${edges}
     WHERE NOT EXISTS (SELECT 1 FROM patterns WHERE id = edge.parent_id)
       OR NOT EXISTS (SELECT 1 FROM patterns WHERE id = edge.child_id) LIMIT ${LISTED_PROBLEMS}`,
  );
  const orphans = query<{ id: string }>(
    `SELECT p.id FROM checked JOIN patterns p ON p.id = checked.id
     WHERE p.origin = 'modified' AND NOT EXISTS (
       SELECT 1 FROM lineage_edges WHERE child_id = p.id) LIMIT ${LISTED_PROBLEMS}`,
  );
  const wrongGenerations = query<{ id: string }>(
    `SELECT DISTINCT child.id ${edges}
     JOIN patterns child ON child.id = edge.child_id JOIN patterns parent ON parent.id = edge.parent_id
     WHERE child.generation <= parent.generation
       AND NOT EXISTS (SELECT 1 FROM pattern_versions WHERE pattern_id = child.id) LIMIT ${LISTED_PROBLEMS}`,
  );
  const [counts] = query<{ patterns: number; edges: number }>(
    `SELECT (SELECT count(*) FROM checked JOIN patterns p ON p.id = checked.id) AS patterns,
       (SELECT count(*) ${edges}) AS edges`,
  );
  return {
    brokenEdges,
    orphans: orphans.map(({ id }) => id),
    wrongGenerations: wrongGenerations.map(({ id }) => id),
    patternsChecked: counts?.patterns ?? 0,
    edgesChecked: counts?.edges ?? 0,
  };
}
