import type { Database } from '../../database/database.ts';
import { modelThen } from '../authorship/line-writers.ts';
import { filterValues, rowsWhere } from '../statistics/totals-source.ts';
import type { StatisticsFilter } from '../statistics/totals-source.ts';

/** A tool call as it is exported. Times are milliseconds since 1970 UTC. */
export interface ExportedCall {
  readonly at: number;
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentId: string | null;
  readonly outcome: string;
  readonly error: string | null;
  readonly durationMs: number | null;
  /** What it was about: a file, a command. */
  readonly summary: string;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** Null where it is not known, as in a subagent of which no transcript told. */
  readonly model: string | null;
  readonly projectRoot: string | null;
}

/** A place that a call wrote as its own. */
export interface ExportedCode {
  readonly at: number;
  readonly eventId: string;
  readonly ordinal: number;
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly toolName: string;
  readonly patternId: string;
  readonly filePath: string;
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** Such as `3-5,9`; '' for none, null if it is not known. */
  readonly changedLines: string | null;
  readonly model: string | null;
  readonly projectRoot: string | null;
}

/** The next calls after `last`, the oldest first; the first ones without it. */
export function callsAfter(
  database: Database,
  filter: StatisticsFilter,
  last: ExportedCall | undefined,
  limit: number,
): ExportedCall[] {
  return database
    .prepare<[Record<string, string | number>], ExportedCall>(
      `SELECT item.at, item.session_id AS sessionId, item.tool_use_id AS toolUseId, item.tool_name AS toolName,
         item.agent_id AS agentId, item.outcome, item.error, item.duration_ms AS durationMs, item.summary,
         item.lines_added AS linesAdded, item.lines_removed AS linesRemoved, project.root AS projectRoot,
         ${modelThen('item.session_id', 'item.tool_use_id', 'item.at')} AS model
       FROM tool_calls item ${WITH_PROJECT}
       WHERE ${rowsWhere({ ...filter, since: last?.at ?? filter.since })}
         ${last ? 'AND (item.at, item.session_id, item.tool_use_id) > (@lastAt, @lastSession, @lastId)' : ''}
       ORDER BY item.at, item.session_id, item.tool_use_id LIMIT @limit`,
    )
    .all({
      ...filterValues(filter),
      ...(last ? { lastAt: last.at, lastSession: last.sessionId, lastId: last.toolUseId } : {}),
      limit,
    });
}

/** The next places after `last`, the oldest first; the first ones without it. Those of one event come together. */
export function codeAfter(
  database: Database,
  filter: StatisticsFilter,
  last: ExportedCode | undefined,
  limit: number,
): ExportedCode[] {
  return database
    .prepare<[Record<string, string | number>], ExportedCode>(
      `SELECT item.at, item.event_id AS eventId, item.ordinal, item.session_id AS sessionId,
         item.tool_use_id AS toolUseId, item.tool_name AS toolName, item.pattern_id AS patternId,
         item.file_path AS filePath, item.start_line AS startLine, item.end_line AS endLine,
         item.changed_lines AS changedLines, project.root AS projectRoot,
         ${modelThen('item.session_id', 'item.tool_use_id', 'item.at')} AS model
       FROM occurrences item ${WITH_PROJECT}
       WHERE item.authorship = 'authored' AND ${rowsWhere({ ...filter, since: last?.at ?? filter.since })}
         ${last ? 'AND (item.at, item.event_id, item.ordinal) > (@lastAt, @lastEvent, @lastOrdinal)' : ''}
       ORDER BY item.at, item.event_id, item.ordinal LIMIT @limit`,
    )
    .all({
      ...filterValues(filter),
      ...(last ? { lastAt: last.at, lastEvent: last.eventId, lastOrdinal: last.ordinal } : {}),
      limit,
    });
}

// --- internal ---

const WITH_PROJECT = `LEFT JOIN sessions s ON s.id = item.session_id
  LEFT JOIN projects project ON project.id = s.project_id`;
