import {
  executionLogsReplySchema,
  executionSummaryReplySchema,
} from '../../lineage-api/service-reply.ts';
import { executionLogsSchema, executionSummarySchema } from '../../lineage-api/service-request.ts';
import { rounded } from '../analysis/statistics.ts';
import { okReply, route } from '../http/route.ts';
import type { Route } from '../http/route.ts';
import { isoTime } from '../../base/clock.ts';
import type { Execution } from '../store/rows/execution.ts';

/** Routes that list and summarise tool calls. */
export const executionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/executions/logs',
    tag: 'Executions',
    summary: 'List the latest tool calls',
    scope: 'read',
    query: executionLogsSchema,
    replies: { 200: executionLogsReplySchema },
    async handle({ store, service, query, elapsedMs }) {
      const found = await store.executions({
        limit: query.limit,
        sessionId: query.session_id,
        correlationId: query.correlation_id,
      });
      return okReply({
        success: true,
        executions: found.map(executionReply),
        count: found.length,
        timestamp: isoTime(service.clock()),
        query_duration_ms: elapsedMs(),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/executions/summary',
    tag: 'Executions',
    summary: 'Summarise the newest 10,000 tool calls by agent and tool',
    scope: 'read',
    query: executionSummarySchema,
    replies: { 200: executionSummaryReplySchema },
    async handle({ store, service, query, elapsedMs }) {
      const found = await store.executionSummary(query.agent_name);
      const summary = found.map((row) => ({
        agent_name: row.agentName,
        tool_name: row.toolName,
        total_executions: row.executions,
        failed_executions: row.failed,
        success_rate: row.executions === 0 ? null : rounded(1 - row.failed / row.executions),
        avg_duration_ms: row.averageDurationMs,
        max_duration_ms: row.maxDurationMs,
        last_execution_at: isoTime(row.lastAt),
      }));
      const timestamp = isoTime(service.clock());
      return okReply({ success: true, summary, timestamp, query_duration_ms: elapsedMs() });
    },
  }),
];

// --- internal ---

function executionReply(execution: Execution) {
  const { startedAt, endedAt } = execution;
  return {
    session_id: execution.sessionId,
    correlation_id: execution.toolUseId,
    tool_name: execution.toolName,
    agent_name: execution.agentName,
    summary: execution.summary,
    status: execution.outcome,
    error: execution.error,
    started_at: startedAt === null ? null : isoTime(startedAt),
    completed_at: endedAt === null ? null : isoTime(endedAt),
    duration_ms: execution.durationMs,
    created_at: isoTime(execution.at),
  };
}
