import type { Database } from '../../database/database.ts';
import { promptHead, typedPrompts } from '../authorship/prompts.ts';
import { TEST_SESSION_PREFIX } from '../conditions.ts';

/** What is told of an earlier session in a few words. Times are milliseconds since 1970 UTC. */
export interface EarlierSession {
  readonly id: string;
  readonly startedAt: number;
  /** The beginning of the first prompt that the user typed; null if it is not kept. */
  readonly firstPrompt: string | null;
  readonly toolCalls: number;
  readonly failedToolCalls: number;
  /** Null, like the lines removed, if no call is known to have written a file. */
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** Absolute paths of the files that code was written to, the one with most lines first. */
  readonly files: readonly string[];
}

/** Which sessions are asked for. */
export interface EarlierSessionsFilter {
  /** The root of their project. */
  readonly root: string;
  /** The id of a session that is left out. */
  readonly except: string;
  /** The most sessions. */
  readonly limit: number;
}

/** The last sessions of a project in which something was done, newest first. */
export function earlierSessions(
  database: Database,
  { root, except, limit }: EarlierSessionsFilter,
): EarlierSession[] {
  const heads = database.prepare<[string, string, number], Head>(
    `SELECT s.id, started_at AS startedAt,
       (SELECT ${promptHead('prompt', PROMPT_LENGTH)} FROM (${typedPrompts('session_id = s.id')})
        ORDER BY id LIMIT 1) AS firstPrompt
     FROM sessions s WHERE project_id = (SELECT id FROM projects WHERE root = ?)
       AND s.id != ? AND s.id NOT GLOB '${TEST_SESSION_PREFIX}*'
       AND (prompts > 0 OR EXISTS (SELECT 1 FROM tool_calls WHERE session_id = s.id))
     ORDER BY last_event_at DESC LIMIT ?`,
  );
  const calls = database.prepare<[string], Calls>(
    `SELECT count(*) AS toolCalls, coalesce(sum(outcome = 'failed'), 0) AS failedToolCalls,
       sum(lines_added) AS linesAdded, sum(lines_removed) AS linesRemoved
     FROM tool_calls WHERE session_id = ?`,
  );
  const files = database
    .prepare<[string], string>(
      `SELECT file_path FROM occurrences WHERE session_id = ? AND authorship = 'authored'
       GROUP BY file_path ORDER BY sum(lines_written) DESC, file_path`,
    )
    .pluck();
  return heads.all(root, except, limit).map((head) => ({
    ...head,
    ...(calls.get(head.id) as Calls),
    files: files.all(head.id),
  }));
}

// --- internal ---

type Head = Pick<EarlierSession, 'id' | 'startedAt' | 'firstPrompt'>;
type Calls = Omit<EarlierSession, keyof Head | 'files'>;

/** Characters of a prompt. */
const PROMPT_LENGTH = 300;
