import type { Database } from '../database.ts';

/** A row of the outbox, for people. */
export interface OutboxRow {
  readonly id: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly sessionId: string | null;
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
  readonly sink: string;
  /** Dead letters only, or only what is none; undefined gives both. */
  readonly dead?: boolean | undefined;
  /** The first characters of a session id, or all of it. */
  readonly session?: string | undefined;
  readonly id?: number | undefined;
  /** -1 is all. */
  readonly limit: number;
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

/** Makes waiting rows due at once, and dead letters wait again; how many. */
export function retryRows(database: Database, filter: OutboxFilter): number {
  return database
    .prepare<[FilterParameters]>(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE id IN (SELECT id ${FROM} LIMIT @limit)`,
    )
    .run(parameters(filter)).changes;
}

/** Removes rows for good; how many. */
export function dropRows(database: Database, filter: OutboxFilter): number {
  return database
    .prepare<[FilterParameters]>(`DELETE FROM outbox WHERE id IN (SELECT id ${FROM} LIMIT @limit)`)
    .run(parameters(filter)).changes;
}

// --- internal ---

interface FilterParameters {
  readonly sink: string;
  readonly dead: number | null;
  readonly session: string | null;
  readonly id: number | null;
  readonly limit: number;
}

const COLUMNS = `id, event_id AS eventId, event_type AS eventType, session_id AS sessionId,
  pattern_id AS patternId, lineage_id AS lineageId, created_at AS createdAt, attempts, faults,
  attempted_at AS attemptedAt, not_before AS notBefore, last_error AS lastError, dead_at AS deadAt`;

const FROM = `FROM outbox
  WHERE sink = @sink
    AND (@dead IS NULL OR (dead_at IS NOT NULL) = @dead)
    AND (@session IS NULL OR substr(session_id, 1, length(@session)) = @session)
    AND (@id IS NULL OR id = @id)
  ORDER BY outbox.id`;

function parameters({ sink, dead, session, id, limit }: OutboxFilter): FilterParameters {
  return {
    sink,
    dead: dead === undefined ? null : Number(dead),
    session: session ?? null,
    id: id ?? null,
    limit,
  };
}
