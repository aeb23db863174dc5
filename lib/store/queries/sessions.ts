import { asNumber, isJsonObject } from '../../base/json.ts';
import type { Database } from '../database/database.ts';
import type { ReadableDatabase } from '../database/quick-reader.ts';
import { Conditions, TEST_SESSION_PREFIX } from './conditions.ts';
import type { ListFilter } from './conditions.ts';
import { countRows } from './listing.ts';
import { promptHead, typedPrompts } from './authorship/prompts.ts';

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
  /** The latest. */
  readonly model: string | null;
  /** Since when it waits for the user; null when it does not. */
  readonly waitingSince: number | null;
  /** Turns that an error of the API ended. */
  readonly failedTurns: number;
  readonly prompts: number;
  readonly toolCalls: number;
  readonly failedToolCalls: number;
  readonly subagents: number;
  /** Different patterns written in it. */
  readonly patterns: number;
  /** Different files that code was written to in it. */
  readonly files: number;
  /** Null, like the lines removed, if no call is known to have written a file. */
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** The beginning of the first prompt that the user typed; null once its payload is past retention. */
  readonly firstPrompt: string | null;
}

/** A session, as far as its id has to be told from others. */
export interface SessionCandidate {
  readonly id: string;
  /** Null when no hook has told of the session, only a program that uses the library. */
  readonly lastEventAt: number | null;
  readonly projectName: string | null;
}

/** The sessions whose id begins with `prefix`, in all projects or in some: that very id first, then the newest. */
export function sessionsByPrefix(
  database: Database,
  prefix: string,
  { limit, withTests, projectIds }: Pick<ListFilter, 'limit' | 'withTests' | 'projectIds'>,
): SessionCandidate[] {
  const recorded = new Conditions().addPrefix('id', 'prefix', prefix);
  const declared = new Conditions().addPrefix('session_id', 'prefix', prefix);
  const shown = new Conditions();
  if (!withTests) shown.add(`found.id NOT GLOB '${TEST_SESSION_PREFIX}*'`);
  if (projectIds) {
    shown.add('s.project_id IN (SELECT value FROM json_each(@projects))', {
      projects: JSON.stringify(projectIds),
    });
  }
  return database
    .prepare<[Record<string, string | number>], SessionCandidate>(
      `SELECT found.id, s.last_event_at AS lastEventAt, project.name AS projectName
       FROM (SELECT id FROM sessions ${recorded.sql()}
             UNION SELECT session_id FROM occurrences ${declared.sql()}) found
       LEFT JOIN sessions s ON s.id = found.id
       LEFT JOIN projects project ON project.id = s.project_id
       ${shown.sql()} ORDER BY found.id = @prefix DESC, s.last_event_at DESC, found.id LIMIT @limit`,
    )
    .all({ ...recorded.values, ...shown.values, limit });
}

/** The id of the session with the last event, in all projects or in some; undefined when there is none. */
export function lastSession(
  database: Database,
  projectIds: readonly number[] | undefined,
): string | undefined {
  const { from, values } = matching({ projectIds, limit: 1 });
  return database
    .prepare<[Record<string, string | number>], string>(
      `SELECT s.id ${from} ORDER BY s.last_event_at DESC, s.id DESC LIMIT 1`,
    )
    .pluck()
    .get(values);
}

/** Sessions by their last event, newest first. */
export function listSessions(database: Database, filter: ListFilter): ListedSession[] {
  const { from, values } = matching(filter);
  const sessions = database
    .prepare<[Record<string, string | number>], Omit<ListedSession, keyof Written>>(
      `SELECT s.id, s.started_at AS startedAt, s.ended_at AS endedAt,
         s.last_event_at AS lastEventAt, s.source, s.end_reason AS endReason, s.cwd,
         s.git_branch AS gitBranch, s.transcript_path AS transcriptPath,
         project.root AS projectRoot, project.name AS projectName, s.model,
         CASE WHEN s.ended_at IS NULL AND s.waiting_at = s.last_event_at THEN s.waiting_at END AS waitingSince,
         s.failed_turns AS failedTurns, s.prompts,
         (SELECT count(*) FROM subagents WHERE session_id = s.id) AS subagents,
         (${FIRST_PROMPT}) AS firstPrompt
       ${from} ORDER BY s.last_event_at DESC, s.id LIMIT @limit OFFSET @offset`,
    )
    .all({ ...values, limit: filter.limit, offset: filter.offset ?? 0 });
  // One pass over the rows of a session for all of their numbers: it may have many.
  const written = database.prepare<[{ id: string }], Written>(
    `SELECT * FROM
       (SELECT count(*) AS toolCalls, coalesce(sum(outcome = 'failed'), 0) AS failedToolCalls,
          sum(lines_added) AS linesAdded, sum(lines_removed) AS linesRemoved
        FROM tool_calls WHERE session_id = @id),
       (SELECT count(DISTINCT pattern_id) AS patterns, count(DISTINCT file_path) AS files
        FROM occurrences WHERE session_id = @id AND authorship = 'authored')`,
  );
  return sessions.map((session) => ({
    ...session,
    ...(written.get({ id: session.id }) as Written),
  }));
}

/** How many sessions meet the filter, up to `MOST_COUNTED`. */
export function countSessions(database: Database, filter: ListFilter): number {
  const { from, values } = matching(filter);
  return countRows(database, from, values);
}

// --- internal ---

/** What was done in a session. */
type Written = Pick<
  ListedSession,
  'toolCalls' | 'failedToolCalls' | 'linesAdded' | 'linesRemoved' | 'patterns' | 'files'
>;

/** SQL for what the user typed first, by the rule of `isTypedPrompt`. */
const FIRST_PROMPT = `
  SELECT ${promptHead('prompt', 300)} FROM (${typedPrompts('session_id = s.id')})
  ORDER BY id LIMIT 1`;

/** The sessions that meet a filter: SQL from `FROM` on, and the values it binds. */
function matching(filter: ListFilter) {
  const where = new Conditions().addFilter(
    { session: 's.id', project: 's.project_id', time: 's.last_event_at', begin: 's.started_at' },
    filter,
  );
  const from = `FROM sessions s LEFT JOIN projects project ON project.id = s.project_id ${where.sql()}`;
  return { from, values: where.values };
}

/** How many different patterns were written in a session; undefined when nothing of it is recorded. */
export function patternsOfSession(database: ReadableDatabase, id: string): number | undefined {
  const row = database
    .prepare(
      `SELECT (SELECT count(DISTINCT pattern_id) FROM occurrences
         WHERE session_id = sessions.id AND authorship = 'authored')
         AS patterns
       FROM sessions WHERE id = ?`,
    )
    .get(id);
  return isJsonObject(row) ? asNumber(row['patterns']) : undefined;
}
