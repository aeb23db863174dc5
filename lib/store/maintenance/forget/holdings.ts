import type { Database } from '../../database/database.ts';
import { unpackedText } from '../../../authorship/state/unpacked-text.ts';
import { TEXT_COLUMNS } from '../text-columns.ts';

/** What tracker.db holds of one kind. Times are milliseconds since 1970 UTC. */
export interface Holding {
  readonly kind: string;
  readonly count: number;
  /** The length of the texts, in characters; of compressed ones as they are unpacked. */
  readonly characters: number;
  /** What the texts take in the database, in bytes. */
  readonly bytes: number;
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
  defineUnpackedLength(database);
  const sumOf = (lengths: readonly string[]) =>
    lengths.map((length) => `coalesce(sum(${length}), 0)`).join(' + ') || '0';
  return KINDS.map(({ kind, table, at = 'NULL', condition = 'true' }) => {
    const own = TEXT_COLUMNS.filter((row) => row.table === table);
    const plain = own.flatMap(({ texts, objects = [] }) => [...texts, ...objects]);
    const packed = own.flatMap((row) => row.packed ?? []);
    const payloads = own.flatMap((row) => row.payloads ?? []);
    const characters = sumOf([
      ...plain.map((column) => `length(${column})`),
      ...packed.map((column) => `unpacked_length(${column})`),
      ...payloads.map((column) => `length(payload_text(${column}))`),
    ]);
    const bytes = sumOf(
      [...plain, ...packed, ...payloads].map((column) => `length(CAST(${column} AS BLOB))`),
    );
    const sum = database
      .prepare<[], Omit<Holding, 'kind'>>(
        `SELECT count(*) AS count, ${characters} AS characters, ${bytes} AS bytes,
           min(${at}) AS oldest, max(${at}) AS newest FROM ${table} WHERE ${condition}`,
      )
      .get();
    return { kind, ...(sum ?? { count: 0, characters: 0, bytes: 0, oldest: null, newest: null }) };
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

function defineUnpackedLength(database: Database): void {
  database.function('unpacked_length', { deterministic: true }, (bytes: unknown) =>
    bytes instanceof Uint8Array ? (unpackedText(bytes)?.length ?? 0) : 0,
  );
}

interface Kind {
  readonly kind: string;
  readonly table: string;
  /** The column with the time. @default none */
  readonly at?: string;
  /** Which rows are of this kind. @default all */
  readonly condition?: string;
}

const KINDS: readonly Kind[] = [
  {
    kind: 'prompts',
    table: 'events',
    at: 'received_at',
    condition: "name = 'UserPromptSubmit'",
  },
  {
    kind: 'events with their payload',
    table: 'events',
    at: 'received_at',
    condition: 'payload IS NOT NULL',
  },
  {
    kind: 'events without it',
    table: 'events',
    at: 'received_at',
    condition: 'payload IS NULL',
  },
  { kind: 'tool calls', table: 'tool_calls', at: 'at' },
  { kind: 'sessions', table: 'sessions', at: 'started_at' },
  { kind: 'models of sessions', table: 'session_models', at: 'at' },
  { kind: 'tokens of answers', table: 'message_usage', at: 'at' },
  { kind: 'proofs of completeness', table: 'transcript_proofs', at: 'at' },
  { kind: 'subagents', table: 'subagents', at: 'started_at' },
  { kind: 'projects', table: 'projects' },
  { kind: 'patterns', table: 'patterns', at: 'first_seen_at' },
  { kind: 'pattern versions', table: 'pattern_versions', at: 'at' },
  { kind: 'occurrences', table: 'occurrences', at: 'at' },
  { kind: 'files that changed unseen', table: 'file_changes', at: 'at' },
  { kind: 'states of files', table: 'file_states', at: 'touched_at' },
  { kind: 'recent changes of files', table: 'recent_changes' },
  { kind: 'deprecations', table: 'deprecations', at: 'at' },
  { kind: 'outbox', table: 'outbox', at: 'created_at' },
  {
    kind: 'errors of servers',
    table: 'sinks',
    at: 'last_error_at',
    condition: 'last_error IS NOT NULL',
  },
  { kind: 'states of breakers', table: 'breakers', at: 'updated_at' },
  { kind: 'changes of breakers', table: 'breaker_transitions', at: 'at' },
  { kind: 'answers of the server', table: 'cache_entries', at: 'stored_at' },
  { kind: 'events of clients', table: 'lineage_events', at: 'at' },
  { kind: 'feedback', table: 'feedback', at: 'at' },
  { kind: 'counts of redactions', table: 'redaction_counts' },
  { kind: 'marks of what was forgotten', table: 'forgotten' },
];
