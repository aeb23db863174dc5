import type { ToolOutcome } from '../../event/tool-call.ts';
import type { Database } from '../database/database.ts';
import { Conditions } from './conditions.ts';
import type { ListFilter } from './conditions.ts';
import { countRows } from './listing.ts';

/** Which tool calls {@link listToolCalls} returns. */
export interface ToolCallFilter extends ListFilter {
  readonly tool?: string | undefined;
  readonly outcome?: ToolOutcome | undefined;
  /** True leaves out those that succeeded or still run. @default false */
  readonly isUnsuccessful?: boolean | undefined;
}

/** A tool call in a list. Times are milliseconds since 1970 UTC. */
export interface ListedToolCall {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentId: string | null;
  readonly summary: string;
  /** What Claude had asked for, if another hook changed the input; else null. */
  readonly asked: string | null;
  readonly outcome: ToolOutcome;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly at: number;
  /** Null, like the lines removed, if it wrote no file. */
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** Files that it deleted, or changed without telling what they hold, as JSON: `[{file_path, change}]`. */
  readonly fileChanges: string;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
}

/** Tool calls, newest first. */
export function listToolCalls(database: Database, filter: ToolCallFilter): ListedToolCall[] {
  const { from, values } = matching(filter);
  const keys = database
    .prepare<[Record<string, string | number>], { sessionId: string; toolUseId: string }>(
      `SELECT call.session_id AS sessionId, call.tool_use_id AS toolUseId ${from}
       ORDER BY call.at DESC, call.session_id, call.tool_use_id LIMIT @limit OFFSET @offset`,
    )
    .all({ ...values, limit: filter.limit, offset: filter.offset ?? 0 });
  const call = toolCallReader(database);
  return keys.flatMap(({ sessionId, toolUseId }) => call(sessionId, toolUseId) ?? []);
}

/** How many tool calls meet the filter, up to `MOST_COUNTED`. */
export function countToolCalls(database: Database, filter: ToolCallFilter): number {
  const { from, values } = matching(filter);
  return countRows(database, from, values);
}

/** The columns of a `ListedToolCall`, for a query on `tool_calls call` and `projects project`. */
export const TOOL_CALL_COLUMNS = `call.session_id AS sessionId, call.tool_use_id AS toolUseId,
  call.tool_name AS toolName, call.agent_id AS agentId, call.summary, call.asked, call.outcome, call.error,
  call.started_at AS startedAt, call.ended_at AS endedAt, call.duration_ms AS durationMs, call.at,
  call.lines_added AS linesAdded, call.lines_removed AS linesRemoved,
  (SELECT json_group_array(json_object('file_path', file_path, 'change', change)) FROM file_changes
   WHERE session_id = call.session_id AND tool_use_id = call.tool_use_id) AS fileChanges,
  project.root AS projectRoot, project.name AS projectName`;

/** Reads tool calls by their keys; undefined for one that is not known. */
export function toolCallReader(
  database: Database,
): (sessionId: string, toolUseId: string) => ListedToolCall | undefined {
  const statement = database.prepare<[string, string], ListedToolCall>(
    `SELECT ${TOOL_CALL_COLUMNS} FROM tool_calls call
     LEFT JOIN sessions s ON s.id = call.session_id
     LEFT JOIN projects project ON project.id = s.project_id
     WHERE call.session_id = ? AND call.tool_use_id = ?`,
  );
  return (sessionId, toolUseId) => statement.get(sessionId, toolUseId);
}

// --- internal ---

/**
 * The tool calls that meet a filter: SQL from `FROM` on, and the values it binds. The index by time has all that it reads,
 * so that a list reads only the calls that it shows.
 */
function matching(filter: ToolCallFilter) {
  const { projectIds, ...others } = filter;
  const where = new Conditions().addFilter(
    { session: 'call.session_id', project: '', time: 'call.at' },
    others,
  );
  if (projectIds) {
    where.add(
      // The plus sign keeps SQLite from sorting all calls of these sessions by time.
      `+call.session_id IN (
         SELECT id FROM sessions WHERE project_id IN (SELECT value FROM json_each(@projects)))`,
      { projects: JSON.stringify(projectIds) },
    );
  }
  if (filter.tool !== undefined) {
    where.add('call.tool_name = @tool COLLATE NOCASE', { tool: filter.tool });
  }
  if (filter.outcome !== undefined) {
    where.add('call.outcome = @outcome', { outcome: filter.outcome });
  }
  if (filter.isUnsuccessful) where.add("call.outcome NOT IN ('ok', 'running')");
  return { from: `FROM tool_calls call ${where.sql()}`, values: where.values };
}
