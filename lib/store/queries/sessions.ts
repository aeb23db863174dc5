import type { Database } from '../database/database.ts';
import { Conditions, TEST_SESSION_PREFIX } from './conditions.ts';
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

/** A session, as far as its id has to be told from others. */
export interface SessionCandidate {
  readonly id: string;
  /** Null when no hook has told of the session, only a program that uses the library. */
  readonly lastEventAt: number | null;
  readonly projectName: string | null;
}

/** The sessions whose id begins with `prefix`, that very id first, then the newest. */
export function sessionsByPrefix(
  database: Database,
  prefix: string,
  { limit, withTests }: Pick<ListFilter, 'limit' | 'withTests'>,
): SessionCandidate[] {
  const recorded = new Conditions().addPrefix('id', 'prefix', prefix);
  const declared = new Conditions().addPrefix('session_id', 'prefix', prefix);
  const shown = new Conditions();
  if (!withTests) shown.add(`found.id NOT GLOB '${TEST_SESSION_PREFIX}*'`);
  return database
    .prepare<[Record<string, string | number>], SessionCandidate>(
      `SELECT found.id, s.last_event_at AS lastEventAt, project.name AS projectName
       FROM (SELECT id FROM sessions ${recorded.sql()}
             UNION SELECT session_id FROM occurrences ${declared.sql()}) found
       LEFT JOIN sessions s ON s.id = found.id
       LEFT JOIN projects project ON project.id = s.project_id
       ${shown.sql()} ORDER BY found.id = @prefix DESC, s.last_event_at DESC, found.id LIMIT @limit`,
    )
    .all({ ...recorded.values, limit });
}

/** Sessions by their last event, newest first. */
export function listSessions(database: Database, filter: ListFilter): ListedSession[] {
  const where = new Conditions().addFilter(
    { session: 's.id', project: 's.project_id', time: 's.last_event_at', begin: 's.started_at' },
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
