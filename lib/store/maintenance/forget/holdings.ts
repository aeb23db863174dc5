import type { Database } from '../../database/database.ts';

/** What tracker.db holds of one kind. Times are milliseconds since 1970 UTC. */
export interface Holding {
  readonly kind: string;
  readonly count: number;
  /** The length of the texts, in characters. */
  readonly characters: number;
  /** Null when there is no row, or the kind has no time; like `newest`. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** What tracker.db holds of one project. */
export interface ProjectHolding {
  readonly root: string;
  readonly sessions: number;
  readonly events: number;
  readonly prompts: number;
  readonly toolCalls: number;
  /** Different pieces of code that were written in it. */
  readonly patterns: number;
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** Everything that people or Claude wrote and tracker.db holds, by kind. Reads every row. */
export function holdings(database: Database): Holding[] {
  return KINDS.map(([kind, from, text, at]) => {
    const sum = database
      .prepare<[], Omit<Holding, 'kind'>>(
        `SELECT count(*) AS count, coalesce(sum(length(${text})), 0) AS characters,
           min(${at}) AS oldest, max(${at}) AS newest FROM ${from}`,
      )
      .get();
    return { kind, ...(sum ?? { count: 0, characters: 0, oldest: null, newest: null }) };
  });
}

/** The same by project, the one with the most events first. Sessions outside of projects are left out. */
export function projectHoldings(database: Database): ProjectHolding[] {
  return database
    .prepare<[], ProjectHolding>(
      `WITH event_sums AS (
         SELECT session_id, count(*) AS events, sum(name = 'UserPromptSubmit') AS prompts,
           min(received_at) AS oldest, max(received_at) AS newest FROM events GROUP BY session_id),
       call_sums AS (SELECT session_id, count(*) AS calls FROM tool_calls GROUP BY session_id),
       held AS (
         SELECT session.project_id AS id, count(*) AS sessions, sum(event.events) AS events,
           sum(event.prompts) AS prompts, sum(call.calls) AS calls, min(event.oldest) AS oldest,
           max(event.newest) AS newest
         FROM sessions session LEFT JOIN event_sums event ON event.session_id = session.id
         LEFT JOIN call_sums call ON call.session_id = session.id GROUP BY session.project_id),
       code AS (SELECT project_id AS id, count(DISTINCT pattern_id) AS patterns FROM occurrences GROUP BY project_id)
       SELECT project.root, coalesce(held.sessions, 0) AS sessions, coalesce(held.events, 0) AS events,
         coalesce(held.prompts, 0) AS prompts, coalesce(held.calls, 0) AS toolCalls,
         coalesce(code.patterns, 0) AS patterns, held.oldest, held.newest
       FROM projects project LEFT JOIN held ON held.id = project.id LEFT JOIN code ON code.id = project.id
       ORDER BY coalesce(held.events, 0) DESC, project.root`,
    )
    .all();
}

// --- internal ---

const KINDS: readonly (readonly [kind: string, from: string, text: string, at: string])[] = [
  ['prompts', "events WHERE name = 'UserPromptSubmit'", 'payload', 'received_at'],
  ['events with their payload', 'events WHERE payload IS NOT NULL', 'payload', 'received_at'],
  ['events without it', 'events WHERE payload IS NULL', "''", 'received_at'],
  ['tool calls', 'tool_calls', "summary || coalesce(asked, '') || coalesce(error, '')", 'at'],
  ['sessions', 'sessions', "coalesce(cwd, '') || coalesce(transcript_path, '')", 'started_at'],
  ['patterns', 'patterns', 'code', 'first_seen_at'],
  ['pattern versions', 'pattern_versions', 'code', 'at'],
  ['occurrences', 'occurrences', 'file_path', 'at'],
  ['files that changed unseen', 'file_changes', 'file_path', 'at'],
  ['texts of files', 'live_fragments', 'text', 'NULL'],
  ['outbox', 'outbox', 'body', 'created_at'],
  ['answers of the server', 'cache_entries', 'value', 'stored_at'],
  ['events of clients', 'lineage_events', 'extra', 'at'],
  ['feedback', 'feedback', "coalesce(comment, '') || extra", 'at'],
  ['marks of what was forgotten', 'forgotten', "''", 'NULL'],
];
