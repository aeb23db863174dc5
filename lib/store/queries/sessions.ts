import { asNumber, isJsonObject } from '../../base/json.ts';
import type { Database } from '../database/database.ts';
import type { ReadableDatabase } from '../database/quick-reader.ts';
import { Conditions } from './conditions.ts';
import type { ListFilter } from './conditions.ts';

/** A session in a list. Times are milliseconds since 1970 UTC. */
export interface ListedSession {
  readonly id: string;
  readonly startedAt: number;
  /** Null while it runs, and after Claude was killed. */
  readonly endedAt: number | null;
  readonly lastEventAt: number;
  readonly source: string | null;
  readonly endReason: string | null;
  readonly cwd: string | null;
  readonly gitBranch: string | null;
  readonly transcriptPath: string | null;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
  readonly prompts: number;
  readonly toolCalls: number;
  readonly failedToolCalls: number;
  readonly subagents: number;
  /** Different patterns written in it. */
  readonly patterns: number;
}

/** Sessions by their last event, newest first. */
export function listSessions(database: Database, filter: ListFilter): ListedSession[] {
  const where = new Conditions().addFilter(
    { session: 's.id', project: 's.project_id', time: 's.last_event_at' },
    filter,
  );
  return database
    .prepare<[Record<string, string | number>], ListedSession>(
      `SELECT s.id, s.started_at AS startedAt, s.ended_at AS endedAt,
         s.last_event_at AS lastEventAt, s.source, s.end_reason AS endReason, s.cwd,
         s.git_branch AS gitBranch, s.transcript_path AS transcriptPath,
         project.root AS projectRoot, project.name AS projectName, s.prompts,
         (SELECT count(*) FROM tool_calls WHERE session_id = s.id) AS toolCalls,
         (SELECT count(*) FROM tool_calls WHERE session_id = s.id AND outcome = 'failed')
           AS failedToolCalls,
         (SELECT count(*) FROM subagents WHERE session_id = s.id) AS subagents,
         (SELECT count(DISTINCT pattern_id) FROM occurrences WHERE session_id = s.id) AS patterns
       FROM sessions s LEFT JOIN projects project ON project.id = s.project_id
       ${where.sql()} ORDER BY s.last_event_at DESC, s.id LIMIT @limit`,
    )
    .all({ ...where.values, limit: filter.limit });
}

/** How many different patterns were written in a session; undefined when nothing of it is recorded. */
export function patternsOfSession(database: ReadableDatabase, id: string): number | undefined {
  const row = database
    .prepare(
      `SELECT (SELECT count(DISTINCT pattern_id) FROM occurrences WHERE session_id = sessions.id)
         AS patterns
       FROM sessions WHERE id = ?`,
    )
    .get(id);
  return isJsonObject(row) ? asNumber(row['patterns']) : undefined;
}
