import type { Database } from '../../../store/database/database.ts';
import { SUMMARY_EXECUTIONS } from '../rows/execution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from '../rows/execution.ts';

/** Tool calls, newest first. */
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

/** Sums tool calls by agent and tool, the most executions first. */
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

// --- internal ---

const EXECUTION_COLUMNS = `call.session_id AS sessionId, call.tool_use_id AS toolUseId,
  call.tool_name AS toolName, coalesce(agent.agent_type, call.agent_id) AS agentName, call.summary,
  call.outcome, call.error, call.started_at AS startedAt, call.ended_at AS endedAt,
  call.duration_ms AS durationMs, call.at`;
const AGENT = `LEFT JOIN subagents agent
  ON agent.session_id = call.session_id AND agent.agent_id = call.agent_id`;
