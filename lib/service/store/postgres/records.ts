import { InvariantError } from '../../../base/errors.ts';
import { SUMMARY_EXECUTIONS } from '../pattern-store.ts';
import type {
  AppliedImprovement,
  Execution,
  ExecutionFilter,
  ExecutionSummary,
  Feedback,
  IntegrityReport,
} from '../pattern-store.ts';
import type { Sql } from './connection.ts';

export async function addFeedback(sql: Sql, tenant: string, feedback: Feedback): Promise<void> {
  const { id, patternId, feedbackType, isSuccess, rating, executionTimeMs, ...rest } = feedback;
  const { sessionId, comment, at, extra } = rest;
  await sql`
    INSERT INTO feedback (tenant, id, pattern_id, feedback_type, is_success, rating,
      execution_time_ms, session_id, comment, at, extra)
    VALUES (${tenant}, ${id}, ${patternId}, ${feedbackType}, ${isSuccess}, ${rating},
      ${executionTimeMs}, ${sessionId}, ${comment}, ${at}, ${JSON.stringify(extra)}::text::jsonb)
    ON CONFLICT DO NOTHING`;
}

export async function addImprovements(
  sql: Sql,
  tenant: string,
  improvements: readonly AppliedImprovement[],
): Promise<void> {
  await sql`
    INSERT INTO applied_improvements (tenant, pattern_id, improvement_id, is_forced, at)
    SELECT ${tenant}::text, i."patternId", i."improvementId", i."isForced", i.at
    FROM json_to_recordset(${JSON.stringify(improvements)}::text::json) AS i (
      "patternId" text, "improvementId" text, "isForced" boolean, at bigint)
    ORDER BY 2, 3
    ON CONFLICT DO NOTHING`;
}

export async function improvementsOf(
  sql: Sql,
  tenant: string,
  patternId: string,
): Promise<AppliedImprovement[]> {
  return await sql<AppliedImprovement[]>`
    SELECT improvement_id AS "improvementId", pattern_id AS "patternId", is_forced AS "isForced", at
    FROM applied_improvements WHERE tenant = ${tenant} AND pattern_id = ${patternId}
    ORDER BY at, improvement_id LIMIT 1000`;
}

/** Newest first. */
export async function executionsOf(
  sql: Sql,
  tenant: string,
  { limit, sessionId, correlationId }: ExecutionFilter,
): Promise<Execution[]> {
  const columns = sql`session_id AS "sessionId", tool_use_id AS "toolUseId",
    tool_name AS "toolName", agent_name AS "agentName", summary, outcome, error,
    started_at AS "startedAt", ended_at AS "endedAt", duration_ms AS "durationMs", at`;
  const session = sessionId === undefined ? sql`` : sql`AND session_id = ${sessionId}`;
  if (correlationId === undefined) {
    return await sql<Execution[]>`
      SELECT ${columns} FROM tool_calls WHERE tenant = ${tenant} ${session}
      ORDER BY at DESC LIMIT ${limit}`;
  }
  return await sql<Execution[]>`
    SELECT ${columns} FROM (
      SELECT * FROM tool_calls WHERE tenant = ${tenant} AND session_id = ${correlationId} ${session}
      UNION
      SELECT * FROM tool_calls WHERE tenant = ${tenant} AND tool_use_id = ${correlationId} ${session}
    ) AS calls
    ORDER BY at DESC LIMIT ${limit}`;
}

/** By agent and tool, the most executions first. */
export async function executionTotals(
  sql: Sql,
  tenant: string,
  agentName: string | undefined,
): Promise<ExecutionSummary[]> {
  return await sql<ExecutionSummary[]>`
    SELECT agent_name AS "agentName", tool_name AS "toolName", count(*) AS executions,
      count(*) FILTER (WHERE outcome IN ('failed', 'interrupted')) AS failed,
      avg(duration_ms) AS "averageDurationMs", max(duration_ms) AS "maxDurationMs",
      max(at) AS "lastAt"
    FROM (
      SELECT * FROM tool_calls WHERE tenant = ${tenant} ORDER BY at DESC LIMIT ${SUMMARY_EXECUTIONS}
    ) AS newest
    WHERE ${agentName ?? null}::text IS NULL OR agent_name = ${agentName ?? null}
    GROUP BY agent_name, tool_name ORDER BY executions DESC, tool_name`;
}

/** Of one pattern and its edges, or of the newest, each looked up by itself (OFFSET 0). */
export async function integrityOf(
  sql: Sql,
  tenant: string,
  patternId: string | undefined,
): Promise<IntegrityReport> {
  const checked =
    patternId === undefined
      ? sql`SELECT id, origin, generation FROM patterns WHERE tenant = ${tenant}
          ORDER BY last_seen_at DESC LIMIT ${CHECKED_PATTERNS}`
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
        SELECT "childId", "parentId" FROM edges WHERE child IS NULL OR parent IS NULL LIMIT ${LISTED}
      ) AS broken) AS "brokenEdges",
      (SELECT coalesce(json_agg(id), '[]') FROM (
        SELECT id FROM checked WHERE origin = 'modified'
          AND NOT EXISTS (SELECT FROM edges WHERE "childId" = id) LIMIT ${LISTED}
      ) AS orphan) AS orphans,
      (SELECT coalesce(json_agg("childId"), '[]') FROM (
        SELECT DISTINCT "childId" FROM edges WHERE child <= parent AND NOT EXISTS (
          SELECT FROM pattern_versions WHERE tenant = ${tenant} AND pattern_id = "childId"
        ) LIMIT ${LISTED}
      ) AS wrong) AS "wrongGenerations",
      (SELECT count(origin) FROM checked) AS "patternsChecked",
      (SELECT count(*) FROM edges) AS "edgesChecked"`;
  if (!row) throw new InvariantError('A SELECT of aggregates gave no row');
  return { ...row };
}

// --- internal ---

const CHECKED_PATTERNS = 10_000;
const LISTED = 100;
