import type { Database } from '../../../store/database/database.ts';
import { SUMMARY_EXECUTIONS } from '../rows/execution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from '../rows/execution.ts';
import type { IntegrityReport } from '../rows/integrity-report.ts';
import type { AppliedImprovement, Feedback } from '../rows/pattern-activity.ts';

export function addFeedback(database: Database, feedback: Feedback): void {
  const { id, patternId, feedbackType, isSuccess, rating, executionTimeMs, ...rest } = feedback;
  const { sessionId, comment, at, extra } = rest;
  database
    .prepare(
      `INSERT INTO feedback (id, pattern_id, feedback_type, is_success, rating, execution_time_ms,
         session_id, comment, at, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    )
    .run(
      id,
      patternId,
      feedbackType,
      isSuccess === null ? null : Number(isSuccess),
      rating,
      executionTimeMs,
      sessionId,
      comment,
      at,
      JSON.stringify(extra),
    );
}

export function addImprovements(
  database: Database,
  improvements: readonly AppliedImprovement[],
): void {
  const add = database.prepare(
    `INSERT INTO applied_improvements (pattern_id, improvement_id, is_forced, at)
     VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  for (const { patternId, improvementId, isForced, at } of improvements) {
    add.run(patternId, improvementId, Number(isForced), at);
  }
}

export function improvementsOf(database: Database, patternId: string): AppliedImprovement[] {
  return database
    .prepare<[string], Omit<AppliedImprovement, 'isForced'> & { readonly isForced: number }>(
      `SELECT improvement_id AS improvementId, pattern_id AS patternId, is_forced AS isForced, at
       FROM applied_improvements WHERE pattern_id = ? ORDER BY at, improvement_id LIMIT 1000`,
    )
    .all(patternId)
    .map((row) => ({ ...row, isForced: row.isForced === 1 }));
}

/** Newest first. */
export function executionsOf(database: Database, filter: ExecutionFilter): Execution[] {
  const { limit, sessionId, correlationId } = filter;
  const conditions = ['1'];
  if (sessionId !== undefined) conditions.push('call.session_id = @sessionId');
  if (correlationId !== undefined) {
    conditions.push(
      `(call.session_id, call.tool_use_id) IN (
         SELECT session_id, tool_use_id FROM tool_calls WHERE session_id = @correlationId
         UNION ALL SELECT session_id, tool_use_id FROM tool_calls WHERE tool_use_id = @correlationId)`,
    );
  }
  return database
    .prepare<[Record<string, unknown>], Execution>(
      `SELECT ${EXECUTION_COLUMNS} FROM tool_calls call ${AGENT}
       WHERE ${conditions.join(' AND ')} ORDER BY call.at DESC LIMIT @limit`,
    )
    .all({
      limit,
      ...(sessionId !== undefined && { sessionId }),
      ...(correlationId !== undefined && { correlationId }),
    });
}

/** By agent and tool, the most executions first. */
export function executionTotals(
  database: Database,
  agentName: string | undefined,
): ExecutionSummary[] {
  return database
    .prepare<[Record<string, unknown>], ExecutionSummary>(
      `SELECT agentName, toolName, count(*) AS executions,
         sum(outcome IN ('failed', 'interrupted')) AS failed,
         avg(durationMs) AS averageDurationMs, max(durationMs) AS maxDurationMs, max(at) AS lastAt
       FROM (
         SELECT ${EXECUTION_COLUMNS} FROM tool_calls call ${AGENT}
         ORDER BY call.at DESC LIMIT ${SUMMARY_EXECUTIONS}
       )
       WHERE @agentName IS NULL OR agentName = @agentName
       GROUP BY agentName, toolName ORDER BY executions DESC, toolName`,
    )
    .all({ agentName: agentName ?? null });
}

/**
 * Of one pattern and its edges, or of the newest. A further version may come from anything, so that the
 * generation of the first says nothing of its parents.
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
       OR NOT EXISTS (SELECT 1 FROM patterns WHERE id = edge.child_id) LIMIT ${LISTED}`,
  );
  const orphans = query<{ id: string }>(
    `SELECT p.id FROM checked JOIN patterns p ON p.id = checked.id
     WHERE p.origin = 'modified' AND NOT EXISTS (
       SELECT 1 FROM lineage_edges WHERE child_id = p.id) LIMIT ${LISTED}`,
  );
  const wrongGenerations = query<{ id: string }>(
    `SELECT DISTINCT child.id ${edges}
     JOIN patterns child ON child.id = edge.child_id JOIN patterns parent ON parent.id = edge.parent_id
     WHERE child.generation <= parent.generation
       AND NOT EXISTS (SELECT 1 FROM pattern_versions WHERE pattern_id = child.id) LIMIT ${LISTED}`,
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

// --- internal ---

const CHECKED_PATTERNS = 10_000;
const LISTED = 100;

const EXECUTION_COLUMNS = `call.session_id AS sessionId, call.tool_use_id AS toolUseId,
  call.tool_name AS toolName, coalesce(agent.agent_type, call.agent_id) AS agentName, call.summary,
  call.outcome, call.error, call.started_at AS startedAt, call.ended_at AS endedAt,
  call.duration_ms AS durationMs, call.at`;
const AGENT = `LEFT JOIN subagents agent
  ON agent.session_id = call.session_id AND agent.agent_id = call.agent_id`;
