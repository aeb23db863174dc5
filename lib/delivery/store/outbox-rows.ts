import type { Database } from '../../store/database/database.ts';

/** A row of the outbox, for people. */
export interface OutboxRow {
  readonly id: number;
  readonly sink: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly sessionId: string | null;
  /** Empty for what is about none, as a tool call. */
  readonly patternId: string;
  readonly lineageId: string;
  readonly createdAt: number;
  readonly attempts: number;
  readonly faults: number;
  readonly attemptedAt: number | null;
  /** 0 for at once. */
  readonly notBefore: number;
  readonly lastError: string | null;
  readonly deadAt: number | null;
}

export interface OutboxRowWithBody extends OutboxRow {
  readonly body: string;
}

export interface OutboxFilter {
  /** Of this sink only; undefined gives those of all. */
  readonly sink?: string | undefined;
  /** Dead letters only, or only what is none; undefined gives both. */
  readonly dead?: boolean | undefined;
  /** The first characters of a session id, or all of it. */
  readonly session?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Rows after this id only. @default 0 */
  readonly after?: number | undefined;
  /** Rows up to this id only. */
  readonly upTo?: number | undefined;
  /** -1 is all. */
  readonly limit: number;
}

export interface ChosenRows {
  readonly count: number;
  /** The highest id; null where there is none. */
  readonly lastId: number | null;
}

export interface RowsInSum {
  readonly count: number;
  /** The length of their bodies, in characters. */
  readonly characters: number;
  /** When the first was put there; null where there is none. */
  readonly oldestAt: number | null;
}

/** Rows in the order of their delivery. */
export function outboxRows(database: Database, filter: OutboxFilter): OutboxRow[] {
  return database
    .prepare<[FilterParameters], OutboxRow>(`SELECT ${COLUMNS} ${FROM} LIMIT @limit`)
    .all(parameters(filter));
}

/** The same with their bodies, one after the other, so that any number takes the memory of one. */
export function eachOutboxRow(
  database: Database,
  filter: OutboxFilter,
): IterableIterator<OutboxRowWithBody> {
  return database
    .prepare<[FilterParameters], OutboxRowWithBody>(`SELECT ${COLUMNS}, body ${FROM} LIMIT @limit`)
    .iterate(parameters(filter));
}

/** How many rows there are. */
export function chosenRows(database: Database, filter: OutboxFilter): ChosenRows {
  const chosen = database
    .prepare<[FilterParameters], ChosenRows>(
      `SELECT count(*) AS count, max(id) AS lastId FROM (SELECT id ${FROM} LIMIT @limit)`,
    )
    .get(parameters(filter));
  return chosen ?? { count: 0, lastId: null };
}

/** How much they are; looks at each row. */
export function rowsInSum(database: Database, filter: OutboxFilter): RowsInSum {
  const sum = database
    .prepare<[FilterParameters], RowsInSum>(
      `SELECT count(*) AS count, coalesce(sum(length(body)), 0) AS characters, min(created_at) AS oldestAt
       FROM (SELECT body, created_at ${FROM} LIMIT @limit)`,
    )
    .get(parameters(filter));
  return sum ?? { count: 0, characters: 0, oldestAt: null };
}

/** How many of them are of each sink. */
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

/** Makes waiting rows due at once, and dead letters wait again; how many. */
export function retryRows(database: Database, filter: OutboxFilter): number {
  return database
    .prepare<[FilterParameters]>(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE id IN (SELECT id ${FROM} LIMIT @limit)`,
    )
    .run(parameters(filter)).changes;
}

/**
 * Removes rows for good; how many. What would have told a sink of a pattern is forgotten too: else
 * it would never hear of it, and refuse what comes of it. To be called in a transaction.
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

/** By id: an index would have all rows sorted, with their bodies, before the first is given. */
const FROM = `FROM outbox NOT INDEXED
  WHERE (@sink IS NULL OR sink = @sink)
    AND (@dead IS NULL OR (dead_at IS NOT NULL) = @dead)
    AND (@session IS NULL OR substr(session_id, 1, length(@session)) = @session)
    AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))
    AND id > @after
    AND id <= @upTo
  ORDER BY outbox.id`;

function parameters(filter: OutboxFilter): FilterParameters {
  const { sink, dead, session, ids, limit } = filter;
  // Those named lie between the first and the last: no other row need be looked at.
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
