import type postgres from 'postgres';
import { errorCode } from '../../../../base/errors.ts';

/**
 * Decides whether statements are prepared. A pooler between us and the server may lend another connection for the next
 * transaction, which knows no statement that was prepared in the one before: answers would be those to other questions.
 */
export class PoolerWatch {
  readonly #wanted: boolean | undefined;
  readonly #onChange: () => void;
  #prepares: boolean;
  #isKnown = false;
  #looking: Promise<void> | undefined;
  #advice: string | undefined;

  /**
   * @param wanted what the URL says of prepared statements; undefined if it says nothing
   * @param onChange called when new connections are needed, because {@link prepares} has changed
   */
  constructor(wanted: boolean | undefined, onChange: () => void) {
    this.#wanted = wanted;
    this.#onChange = onChange;
    this.#prepares = wanted ?? false;
  }

  /** Whether statements are prepared. */
  get prepares(): boolean {
    return this.#prepares;
  }

  /** Whether it is known who answers; else look before the first call. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** What the operator should know of a pooler; undefined for nothing. */
  get advice(): string | undefined {
    return this.#advice;
  }

  /** The next look may find another server. */
  forget(): void {
    this.#isKnown = false;
  }

  /**
   * Finds out who answers. All who wait look together.
   *
   * @param isCurrent false once `sql` has been replaced, maybe by a connection to another server: then nothing is known
   */
  look(sql: PoolerQuery, isCurrent: () => boolean): Promise<void> {
    this.#looking ??= this.#ask(sql, isCurrent).finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Notes that a prepared statement was lost: nothing is prepared any more, whatever the URL says. */
  noteLoss(): void {
    this.#prepares = false;
    this.#advice = MISTAKEN;
    this.#onChange();
  }

  async #ask(sql: PoolerQuery, isCurrent: () => boolean): Promise<void> {
    const answer = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    if (!isCurrent()) return;
    // A pooler gives its clients numbers of its own, by which they may cancel.
    const isDirect = answer[0]?.pid === answer.state.pid;
    this.#isKnown = true;
    if (this.#advice === MISTAKEN) return;
    const told = this.#wanted === undefined ? POOLED : this.#wanted ? KEPT : undefined;
    this.#advice = isDirect ? undefined : told;
    const prepares = this.#wanted ?? isDirect;
    if (prepares === this.#prepares) return;
    this.#prepares = prepares;
    this.#onChange();
  }
}

/** Whether a statement was lost, or met, that another connection had prepared. Nothing has been done then. */
export function isOfPooler(error: unknown): boolean {
  const code = errorCode(error);
  return code === '26000' || code === '42P05';
}

// --- internal ---

/** A client with one connection, whatever types it reads. */
type PoolerQuery = postgres.Sql<{ bigint: number; texts: readonly string[] }>;

const POOLED =
  'a pooler stands before PostgreSQL, so no statements are prepared. If it keeps them (pool_mode=session, or max_prepared_statements ' +
  'since PgBouncer 1.21), prepare=true in the URL of the database makes use of that; prepare=false ends this note';
const KEPT =
  'a pooler stands before PostgreSQL: prepare=true in the URL of the database is right only with pool_mode=session, or with ' +
  'max_prepared_statements since PgBouncer 1.21. With anything else write prepare=false';
const MISTAKEN =
  'the pooler before PostgreSQL loses prepared statements, so none are prepared any more: write prepare=false into the URL of the database';
