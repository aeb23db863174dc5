import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import postgres from 'postgres';
import { errorCode, errorMessage, TrackerError } from '../../../base/errors.ts';
import { StoreUnavailableError } from '../pattern-store.ts';
import type { StoreHealth } from '../pattern-store.ts';
import { faultKind } from './faults.ts';
import type { PostgresTarget } from './url.ts';

/** Numbers of 64 bits come as numbers: times and counts are far below 2^53. */
export type Sql = postgres.Sql<{ bigint: number }>;

export interface ConnectionOptions {
  /** Connections of the pool. */
  readonly poolSize: number;
  /** A call that the database can not serve is tried again for so long, in milliseconds. */
  readonly patienceMs: number;
  /** As `pg_stat_activity` shows it. */
  readonly applicationName: string;
}

/** The server ends a statement then. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** An answer later than that does not come: the network is gone, and the server's own timeout with it. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
const CONNECT_TIMEOUT_S = 5;

/**
 * A pool of connections to the first of the named servers that will do, which rides out a restart and a
 * failover. Every call is one statement: postgres.js 3.4 throws outside of any promise when a connection
 * ends within its `begin`.
 */
export class PostgresConnection {
  readonly #target: PostgresTarget;
  readonly #options: ConnectionOptions;
  #pool: Sql;
  /** Which of the named servers the pool is of. */
  #host = 0;
  #running = 0;
  #isClosed = false;

  constructor(target: PostgresTarget, options: ConnectionOptions) {
    this.#target = target;
    this.#options = options;
    this.#pool = this.#newPool(options.poolSize);
  }

  /**
   * Runs `work`, again when the connection is lost or two transactions collide: whatever it does must
   * be the same when done twice.
   *
   * @throws StoreUnavailableError when that does not help in time
   */
  async run<T>(work: (sql: Sql) => PromiseLike<T>): Promise<T> {
    const until = performance.now() + this.#options.patienceMs;
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new StoreUnavailableError('The database was closed');
      const pool = this.#pool;
      try {
        return await this.#inTime(work(pool));
      } catch (error) {
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
    const answer = asked<{ readOnly: boolean }[]>`
      SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean
        AS "readOnly"`.execute();
    // It may be that nobody else asks, so that a lost connection would stay: also after a second.
    answer.catch((error) => isOfConnection(error) && this.#replace(asked));
    try {
      const [row] = await this.#inTime(answer, HEALTH_TIMEOUT_MS);
      if (!row?.readOnly) return { isWell: true, detail: 'operational', pool };
      this.#replace(asked);
      return { isWell: false, detail: 'takes no writes: a standby', pool };
    } catch (error) {
      return { isWell: false, detail: errorMessage(error), pool };
    }
  }

  /** A client of its own, of one connection, to the server in use. The caller ends it. */
  single(): Sql {
    return this.#newPool(1);
  }

  /** What is asked from now on goes to the next of the named servers, by new connections. */
  useNextHost(): void {
    this.#replace(this.#pool);
  }

  /** Lets running calls end, for at most five seconds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.end({ timeout: 5 });
  }

  async #inTime<T>(work: PromiseLike<T>, ms = ANSWER_TIMEOUT_MS): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    this.#running++;
    try {
      return await Promise.race([
        work,
        new Promise<never>((_resolve, reject) => {
          timer = setTimeout(() => reject(new AnswerTimeout(ms)), ms);
        }),
      ]);
    } finally {
      this.#running--;
      clearTimeout(timer);
    }
  }

  /**
   * Goes on with new connections, to the next server if several are named. All are made anew, since a
   * connection of postgres.js that was lost while it had something to send does not recover.
   */
  #replace(pool: Sql): void {
    if (this.#pool !== pool || this.#isClosed) return; // another call has done so
    this.#host = (this.#host + 1) % this.#target.hosts.length;
    this.#pool = this.#newPool(this.#options.poolSize);
    pool.end({ timeout: 5 }).catch(() => {});
  }

  #newPool(max: number): Sql {
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
      connect_timeout: CONNECT_TIMEOUT_S,
      idle_timeout: undefined,
      backoff: () => RECONNECT_PAUSE_S,
      onnotice: () => {},
      types: { bigint: NUMBER },
      connection: {
        application_name: this.#options.applicationName,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
        jit: 'off', // costs more than any of our statements
        random_page_cost: 1.1, // of an SSD: a look-up of hundreds of rows goes by the index
        ...settings,
      },
    });
  }

  /** postgres.js does not tell of its pool; what runs beyond its size waits. */
  #poolNumbers(): Readonly<Record<string, number>> {
    const { poolSize } = this.#options;
    const busy = Math.min(this.#running, poolSize);
    return { min_size: 0, max_size: poolSize, pool_size: poolSize, free_size: poolSize - busy };
  }
}

// --- internal ---

const HEALTH_TIMEOUT_MS = 1_000;
const RECONNECT_PAUSE_S = 0.1;
/** Two replicas that write the same patterns collide once or twice; more is a fault of the plan. */
const MAX_CONFLICTS = 20;

const NUMBER = {
  to: 20,
  from: [20],
  serialize: String,
  parse: Number,
} as const satisfies postgres.PostgresType<number>;

class AnswerTimeout extends TrackerError {
  constructor(ms: number) {
    super('E_ANSWER_TIMEOUT', `no answer within ${ms} ms`);
  }
}

/** Whether new connections may do better; where there are too many, they do not. */
function isOfConnection(error: unknown): boolean {
  if (error instanceof AnswerTimeout) return true;
  return faultKind(error) === 'lost' && errorCode(error) !== '53300';
}

/** With the check of the name in the certificate, which postgres.js makes against `localhost` for an IP. */
function tlsFor(host: string, tls: PostgresTarget['tls']): PostgresTarget['tls'] | object {
  if (typeof tls !== 'object') return tls;
  return {
    checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate),
    ...tls,
  };
}

function pauseMs(kind: 'lost' | 'conflict', attempt: number): number {
  // Random, so that those that collided do not collide again.
  if (kind === 'conflict') return Math.random() * Math.min(5 * attempt, 50);
  return Math.min(25 * 2 ** attempt, 400);
}
