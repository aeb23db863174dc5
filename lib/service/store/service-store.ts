/**
 * Where a service keeps its data: the `…-store.ts` here say what a store does, `rows/` what it takes and
 * answers, together with the logic that needs no SQL. `sqlite/` and `postgres/` implement it with files of
 * the same names:
 *
 * | file              | what it is for                                                   |
 * | ----------------- | ---------------------------------------------------------------- |
 * | store.ts          | opens the store and gives each tenant its patterns               |
 * | connection.ts     | runs work on the database, and rides out what passes             |
 * | faults.ts         | what an error of the database means for the call that met it     |
 * | pattern-store.ts  | PatternStore: each method runs one function of the files below   |
 * | track.ts          | applies events: writes what `track-planner.ts` planned           |
 * | known.ts          | what has to be known to plan them                                |
 * | accepted.ts       | all events, in the order of acceptance                           |
 * | patterns.ts       | one pattern, pages of patterns, how many                         |
 * | search.ts         | patterns by words                                                |
 * | similar.ts        | patterns by similar code                                         |
 * | walk.ts           | relatives and evolution                                          |
 * | activity.ts       | uses, feedback and improvements of a pattern                     |
 * | executions.ts     | tool calls                                                       |
 * | integrity.ts      | what contradicts itself                                          |
 * | forgetting/       | deletes in steps, and counts what would be deleted               |
 * | accounting/       | TokenStore, AuditStore, RetentionStore                           |
 *
 * SQLite alone has `search-index.ts` (fills the index of words behind the writers) and `per-database.ts`
 * (statements of a file that may be replaced); its schema is that of tracker.db. PostgreSQL alone has `servers/` (reads
 * `postgres://…`, asks whether a server is alive, sends questions to a standby), `schema/` (migrations, the functions that
 * write, partitions) and `text/` (what its columns can keep, what its index of words holds).
 */

import type { AuditStore } from './audit-store.ts';
import type { PatternStore } from './pattern-store.ts';
import type { RetentionStore } from './retention-store.ts';
import type { TokenStore } from './token-store.ts';

/** Whether a store can be used, for health checks. */
export interface StoreHealth {
  readonly isWell: boolean;
  /** True if it is not well for writing only, and answers questions. @default false */
  readonly isReadOnly?: boolean;
  /** For people. */
  readonly detail: string;
  /** The pool's connections, `{min_size, max_size, pool_size, free_size}`; null without a pool. */
  readonly pool: Readonly<Record<string, number>> | null;
}

/** What a service keeps its data in. */
export interface ServiceStore {
  readonly kind: 'sqlite' | 'postgres';
  /**
   * How old what it answers may be, in milliseconds; undefined while that is not known. A store without this
   * answers what was written last.
   */
  staleness?(): number | undefined;
  /** What whoever runs the service should know of how its data are reached; undefined for nothing. */
  advice?(): string | undefined;
  /** @throws TrackerError E_TENANT when the name is not valid */
  tenant(name: string): PatternStore;
  readonly tokens: TokenStore;
  readonly audit: AuditStore;
  readonly retention: RetentionStore;
  /** Never rejects. */
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}
