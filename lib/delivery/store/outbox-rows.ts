import type { Database } from '../../store/database/database.ts';

/** A row of the outbox, as commands show it. Times are milliseconds since 1970 UTC. */
export interface OutboxRow {
  readonly id: number;
  readonly sink: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly sessionId: string | null;
  /** Empty for an event without a pattern, such as a tool call. */
  readonly patternId: string;
  readonly lineageId: string;
  readonly createdAt: number;
  readonly attempts: number;
  readonly faults: number;
  readonly attemptedAt: number | null;
  /** When it may be tried again; 0 means at once. */
  readonly notBefore: number;
  readonly lastError: string | null;
  /** When it became a dead letter; null for a row that waits. */
  readonly deadAt: number | null;
}

/** A row of the outbox with the JSON that is sent. */
export interface OutboxRowWithBody extends OutboxRow {
  readonly body: string;
}

/** Which rows of the outbox are meant: those that meet every given condition. */
export interface OutboxFilter {
  /** Only rows of this sink; undefined: of all sinks. */
  readonly sink?: string | undefined;
  /** True: only dead letters; false: only rows that wait; undefined: both. */
  readonly dead?: boolean | undefined;
  /** The whole id of a session. */
  readonly session?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Only rows after this id. @default 0 */
  readonly after?: number | undefined;
  /** Only rows up to and including this id. @default all */
  readonly upTo?: number | undefined;
  /** The most rows; -1 means all. */
  readonly limit: number;
  /** How many of them to pass over first, in a list. @default 0 */
  readonly offset?: number | undefined;
}

/** The rows that a filter chooses. */
export interface ChosenRows {
  readonly count: number;
  /** The highest id; null when there is no row. */
  readonly lastId: number | null;
}

/** The size and age of the rows that a filter chooses. */
export interface RowsInSum {
  readonly count: number;
  /** The total length of their bodies, in characters. */
  readonly characters: number;
  /** When the oldest was added, in milliseconds since 1970 UTC; null when there is no row. */
  readonly oldestAt: number | null;
}

/** The rows, in the order of delivery. */
export function outboxRows(database: Database, filter: OutboxFilter): OutboxRow[] {
  return database
    .prepare<[FilterParameters & { readonly offset: number }], OutboxRow>(
      `SELECT ${COLUMNS} ${FROM} LIMIT @limit OFFSET @offset`,
    )
    .all({ ...parameters(filter), offset: filter.offset ?? 0 });
}

/** The rows with their bodies. They are read one by one, so that only one is in memory at a time. */
export function eachOutboxRow(
  database: Database,
  filter: OutboxFilter,
): IterableIterator<OutboxRowWithBody> {
  return database
    .prepare<[FilterParameters], OutboxRowWithBody>(`SELECT ${COLUMNS}, body ${FROM} LIMIT @limit`)
    .iterate(parameters(filter));
}

/** The number of rows, and the last of them. */
export function chosenRows(database: Database, filter: OutboxFilter): ChosenRows {
  const chosen = database
    .prepare<[FilterParameters], ChosenRows>(
      `SELECT count(*) AS count, max(id) AS lastId FROM (SELECT id ${FROM} LIMIT @limit)`,
    )
    .get(parameters(filter));
  return chosen ?? { count: 0, lastId: null };
}

/** The size and age of the rows. Reads every row. */
export function rowsInSum(database: Database, filter: OutboxFilter): RowsInSum {
  const sum = database
    .prepare<[FilterParameters], RowsInSum>(
      `SELECT count(*) AS count, coalesce(sum(length(body)), 0) AS characters, min(created_at) AS oldestAt
       FROM (SELECT body, created_at ${FROM} LIMIT @limit)`,
    )
    .get(parameters(filter));
  return sum ?? { count: 0, characters: 0, oldestAt: null };
}

/** The number of rows for each sink. */
export function rowsBySink(
  database: Database,
  filter: OutboxFilter,
): [sink: string, count: number][] {
  return database
    .prepare<[FilterParameters], [string, number]>(
      `SELECT sink, count(*) FROM outbox WHERE id IN (SELECT id ${FROM} LIMIT @limit) GROUP BY sink`,
    )
    .raw()
    .all(parameters(filter));
}

/** The sessions of rows whose id begins with `prefix`, at most `limit`. Reads every row. */
export function outboxSessions(database: Database, prefix: string, limit: number): string[] {
  return database
    .prepare<{ readonly prefix: string; readonly limit: number }, string>(
      `SELECT DISTINCT session_id FROM outbox WHERE substr(session_id, 1, length(@prefix)) = @prefix
       ORDER BY session_id LIMIT @limit`,
    )
    .pluck()
    .all({ prefix, limit });
}

/** Makes waiting rows due at once, and puts dead letters back into the queue; returns their number. */
export function retryRows(database: Database, filter: OutboxFilter): number {
  return database
    .prepare<[FilterParameters]>(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE id IN (SELECT id ${FROM} LIMIT @limit)`,
    )
    .run(parameters(filter)).changes;
}

/**
 * Removes rows for good; returns their number. Patterns that these rows would have told a sink about
 * count as untold again; otherwise the sink would never learn of them and would refuse their children.
 * Call it in a transaction.
 */
export function dropRows(database: Database, filter: OutboxFilter): number {
  database
    .prepare<[FilterParameters]>(
      `DELETE FROM sink_patterns WHERE (sink, pattern_id) IN (
         SELECT sink, pattern_id FROM outbox WHERE id IN (SELECT id ${FROM} LIMIT @limit)
           AND event_type NOT IN ('pattern_applied', 'pattern_deprecated'))`,
    )
    .run(parameters(filter));
  return database
    .prepare<[FilterParameters]>(`DELETE FROM outbox WHERE id IN (SELECT id ${FROM} LIMIT @limit)`)
    .run(parameters(filter)).changes;
}

// --- internal ---

interface FilterParameters {
  readonly sink: string | null;
  readonly dead: number | null;
  readonly session: string | null;
  readonly ids: string | null;
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
}

const COLUMNS = `id, sink, event_id AS eventId, event_type AS eventType, session_id AS sessionId,
  pattern_id AS patternId, lineage_id AS lineageId, created_at AS createdAt, attempts, faults,
  attempted_at AS attemptedAt, not_before AS notBefore, last_error AS lastError, dead_at AS deadAt`;

/** Scans by id: with an index, SQLite would sort all rows with their bodies before it returns the first. */
const FROM = `FROM outbox NOT INDEXED
  WHERE (@sink IS NULL OR sink = @sink)
    AND (@dead IS NULL OR (dead_at IS NOT NULL) = @dead)
    AND (@session IS NULL OR session_id = @session)
    AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))
    AND id > @after
    AND id <= @upTo
  ORDER BY outbox.id`;

function parameters(filter: OutboxFilter): FilterParameters {
  const { sink, dead, session, ids, limit } = filter;
  // Bounds for the scan: rows outside the given ids need not be read.
  const first = ids === undefined ? 0 : Math.min(...ids) - 1;
  const last = ids === undefined ? Number.MAX_SAFE_INTEGER : Math.max(...ids);
  return {
    sink: sink ?? null,
    dead: dead === undefined ? null : Number(dead),
    session: session ?? null,
    ids: ids === undefined ? null : JSON.stringify(ids),
    after: Math.max(filter.after ?? 0, first),
    upTo: Math.min(filter.upTo ?? Number.MAX_SAFE_INTEGER, last),
    limit,
  };
}
