import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import postgres from 'postgres';
import { errorCode, errorMessage, InvariantError, TrackerError } from '../../../base/errors.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import { Deadline, withinDeadline } from '../../../base/deadline.ts';
import { whileAlive } from './servers/liveness.ts';
import type { StoreHealth } from '../service-store.ts';
import { faultKind } from './faults.ts';
import { isOfPooler, PoolerWatch } from './servers/pooler.ts';
import type { PostgresTarget } from './servers/url.ts';

/** A pool's queries. 64-bit integers are read as numbers: times and counts are far below 2^53. */
export type Sql = postgres.Sql<{ bigint: number; texts: readonly string[] }>;

/** How a service connects to PostgreSQL. */
export interface ConnectionOptions {
  /** The most connections in the pool. */
  readonly poolSize: number;
  /** How long a call that the database cannot serve is tried again, in milliseconds. */
  readonly patienceMs: number;
  /** The name that `pg_stat_activity` shows. */
  readonly applicationName: string;
}

/** The server cancels a statement that takes longer. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the server's own timeout: if not even that error has arrived, the connection is gone. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
const CONNECT_TIMEOUT_S = 5;

/**
 * A pool of connections to the first of the named servers that is usable. It rides out a restart and a
 * failover. Every call is one statement, because postgres.js 3.4 throws outside of any promise when a
 * connection ends within its `begin`.
 */
export class PostgresConnection {
  readonly #target: PostgresTarget;
  readonly #options: ConnectionOptions;
  #pool: Sql;
  /** One connection for `health`, which must not wait until the pool has a free one. */
  #watch: Sql;
  #aliveness: Promise<boolean> | undefined;
  readonly #pooler: PoolerWatch;
  /** The index of the server that the pool is connected to. */
  #host = 0;
  #running = 0;
  #isClosed = false;
  /** When to look for another server in place of one that takes no writes. */
  #replaceNext = Deadline.past();

  constructor(target: PostgresTarget, options: ConnectionOptions) {
    this.#target = target;
    this.#options = options;
    this.#pooler = new PoolerWatch(target.prepares, () => this.#renewPool());
    this.#pool = this.#newPool(options.poolSize, this.#pooler.prepares);
    this.#watch = this.#newPool(1);
  }

  /** What is to know about the way to the server; undefined for nothing. */
  get advice(): string | undefined {
    return this.#pooler.advice;
  }

  /**
   * Runs `work`, and runs it again when the connection is lost or two transactions collide: it must have
   * the same effect when it runs twice.
   *
   * @throws StoreUnavailableError when trying again does not help in time, or the server falls silent
   */
  async run<T>(work: (sql: Sql) => PromiseLike<T>): Promise<T> {
    const begun = performance.now();
    const until = begun + this.#options.patienceMs;
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new StoreUnavailableError('The database was closed');
      let pool = this.#pool;
      try {
        if (!this.#pooler.isKnown) await this.#answered(this.#lookForPooler(), begun);
        pool = this.#pool;
        return await this.#answered(work(pool), begun);
      } catch (error) {
        if (isOfPooler(error) && this.#pooler.prepares) {
          if (this.#pool === pool) this.#pooler.noteLoss(); // else another call has done so
          continue;
        }
        const kind = error instanceof AnswerTimeout ? 'busy' : faultKind(error);
        if (kind === 'fault') throw error;
        if (isOfConnection(error)) this.#replace(pool);
        if (kind === 'busy' || kind === 'refused' || performance.now() > until) {
          throw new StoreUnavailableError(`The database is not available: ${errorMessage(error)}`);
        }
        if (kind === 'conflict' && attempt >= MAX_CONFLICTS) {
          throw new StoreUnavailableError(`The database is too busy: ${errorMessage(error)}`);
        }
        await sleep(pauseMs(kind, attempt));
      }
    }
  }

  /** Whether it answers within a second and takes writes. Never rejects. */
  async health(): Promise<StoreHealth> {
    const pool = this.#poolNumbers();
    const asked = this.#pool;
    const watch = this.#watch;
    const answer = watch<{ readOnly: boolean }[]>`
      SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean
        AS "readOnly"`.execute();
    // Replace a lost connection here too, even after the timeout: without other calls nobody else would.
    answer.catch((error) => isOfConnection(error) && this.#replace(asked));
    try {
      const late = () => new AnswerTimeout(HEALTH_TIMEOUT_MS);
      const [row] = await withinDeadline(answer, HEALTH_TIMEOUT_MS, late);
      if (!row?.readOnly) return { isWell: true, detail: this.advice ?? 'operational', pool };
      // New connections may reach the new primary; but what answers questions is not cut off each second.
      if (this.#replaceNext.isOver) {
        this.#replaceNext = Deadline.in(REPLACE_EVERY_MS);
        this.#replace(asked);
      }
      return { isWell: false, isReadOnly: true, detail: 'takes no writes: a standby', pool };
    } catch (error) {
      // A connection that hangs may do so for a quarter of an hour after the network is back.
      if (error instanceof AnswerTimeout && this.#watch === watch) this.#renewWatch();
      return { isWell: false, detail: errorMessage(error), pool };
    }
  }

  /** Makes a client with one connection of its own to the server in use, and no limit for statements. The caller ends it. */
  single(): Sql {
    return this.#newPool(1, false, { statement_timeout: 0 });
  }

  /** Sends every later call to the next of the named servers, through new connections. */
  useNextHost(): void {
    this.#replace(this.#pool);
  }

  /** Waits at most five seconds for running calls, then closes the connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#pool.end({ timeout: 5 }), this.#watch.end({ timeout: 5 })]);
  }

  /**
   * Waits for an answer as long as the server is alive: a long statement may take its time, but a server
   * that is cut off is given up a second and `patienceMs` after `begun`.
   */
  async #answered<T>(work: PromiseLike<T>, begun: number): Promise<T> {
    this.#running++;
    try {
      return await whileAlive(work, {
        firstLookMs: Math.max(0, begun + LOOK_MS - performance.now()),
        everyMs: LOOK_MS,
        mostMs: ANSWER_TIMEOUT_MS,
        isAlive: () => this.#isAlive(),
        late: (ms) => new AnswerTimeout(ms),
      });
    } finally {
      this.#running--;
    }
  }

  /** Whether the server answers at all, also as a standby. All who wait ask together. */
  #isAlive(): Promise<boolean> {
    this.#aliveness ??= this.#askAlive().finally(() => (this.#aliveness = undefined));
    return this.#aliveness;
  }

  async #askAlive(): Promise<boolean> {
    const answer = this.#watch`SELECT 1`.execute();
    try {
      const { patienceMs } = this.#options;
      await withinDeadline(answer, patienceMs, () => new AnswerTimeout(patienceMs));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Goes on with new connections, to the next server if several are named. All are replaced, because a
   * connection of postgres.js that was lost while it had something to send does not recover.
   */
  #replace(pool: Sql): void {
    if (this.#pool !== pool || this.#isClosed) return; // another call has done so
    this.#host = (this.#host + 1) % this.#target.hosts.length;
    this.#pooler.forget();
    this.#renewPool();
    this.#renewWatch();
  }

  #renewPool(): void {
    if (this.#isClosed) return;
    const pool = this.#pool;
    this.#pool = this.#newPool(this.#options.poolSize, this.#pooler.prepares);
    pool.end({ timeout: 5 }).catch(() => {});
  }

  #lookForPooler(): Promise<void> {
    const watch = this.#watch;
    return this.#pooler.look(watch, () => this.#watch === watch);
  }

  #renewWatch(): void {
    if (this.#isClosed) return;
    const watch = this.#watch;
    this.#watch = this.#newPool(1);
    watch.end({ timeout: 0 }).catch(() => {});
  }

  #newPool(max: number, prepare = false, own: Readonly<Record<string, number>> = {}): Sql {
    const { hosts, user, password, database, tls, sessionAttributes, settings } = this.#target;
    const { host, port } = hosts[this.#host] ?? { host: 'localhost', port: 5432 };
    const isSocket = host.startsWith('/');
    return postgres({
      ...(isSocket ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }),
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(database !== undefined && { database }),
      ssl: isSocket ? false : tlsFor(host, tls),
      target_session_attrs: sessionAttributes,
      max,
      prepare,
      connect_timeout: CONNECT_TIMEOUT_S,
      idle_timeout: undefined,
      backoff: () => RECONNECT_PAUSE_S,
      onnotice: () => {},
      // postgres.js 3.4 asks each new connection for the types of arrays, and throws outside of any promise when
      // the connection ends meanwhile. We send arrays of texts only, and read none.
      fetch_types: false,
      types: { bigint: NUMBER, texts: TEXT_ARRAY },
      connection: {
        application_name: this.#options.applicationName,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
        jit: 'off', // costs more than any of our statements
        random_page_cost: 1.1, // of an SSD: a look-up of hundreds of rows goes by the index
        ...settings,
        ...own,
      },
    });
  }

  /** postgres.js does not report on its pool; calls beyond its size wait. */
  #poolNumbers(): Readonly<Record<string, number>> {
    const { poolSize } = this.#options;
    const busy = Math.min(this.#running, poolSize);
    return { min_size: 0, max_size: poolSize, pool_size: poolSize, free_size: poolSize - busy };
  }
}

// --- internal ---

const HEALTH_TIMEOUT_MS = 1_000;
/** How often a server that takes no writes is left for another, in milliseconds. */
const REPLACE_EVERY_MS = 10_000;
/** How long a call waits before it asks whether the server is alive, in milliseconds. */
const LOOK_MS = 1_000;
const RECONNECT_PAUSE_S = 0.1;
/** Two replicas that write the same patterns collide once or twice; more is a fault of ours. */
const MAX_CONFLICTS = 20;

const NUMBER = {
  to: 20,
  from: [20],
  serialize: String,
  parse: Number,
} as const satisfies postgres.PostgresType<number>;

const TEXT_ARRAY = {
  to: 1009,
  from: [1009],
  serialize: (texts: readonly string[]) =>
    `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`,
  parse: (): readonly string[] => {
    throw new InvariantError('no query reads an array');
  },
} as const satisfies postgres.PostgresType<readonly string[]>;

class AnswerTimeout extends TrackerError {
  constructor(ms: number) {
    super('E_ANSWER_TIMEOUT', `no answer within ${ms} ms`);
  }
}

/** Whether new connections may help. They do not when there are too many already. */
function isOfConnection(error: unknown): boolean {
  if (error instanceof AnswerTimeout) return true;
  return faultKind(error) === 'lost' && errorCode(error) !== '53300';
}

/** Checks the certificate against `host`, because postgres.js checks against `localhost` for an IP. */
function tlsFor(host: string, tls: PostgresTarget['tls']): PostgresTarget['tls'] | object {
  if (typeof tls !== 'object') return tls;
  return {
    checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate),
    ...tls,
  };
}

function pauseMs(kind: 'lost' | 'conflict', attempt: number): number {
  // Random, so that transactions that collided do not collide again.
  if (kind === 'conflict') return Math.random() * Math.min(5 * attempt, 50);
  return Math.min(25 * 2 ** attempt, 400);
}
