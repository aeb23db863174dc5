import { SUMMARY_EXECUTIONS } from '../rows/execution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from '../rows/execution.ts';
import type { Sql } from './connection.ts';

/** Tool calls, newest first. */
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

/** Sums tool calls by agent and tool, the most executions first. */
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
