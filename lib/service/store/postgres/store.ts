import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, TrackerError } from '../../../base/errors.ts';
import { Tenants } from '../tenants.ts';
import type { ServiceStore } from '../service-store.ts';
import { PostgresConnection } from './connection.ts';
import type { ConnectionOptions, Sql } from './connection.ts';
import { faultKind } from './faults.ts';
import { migrate, requireMigrated } from './schema/migrate.ts';
import { Partitions } from './schema/partitions.ts';
import { PostgresPatternStore } from './pattern-store.ts';
import { Standby } from './servers/standby.ts';
import { PostgresAuditStore } from './accounting/audit-store.ts';
import { PostgresRetentionStore } from './accounting/retention-store.ts';
import { PostgresTokenStore } from './accounting/token-store.ts';
import { parsePostgresUrl } from './servers/url.ts';
import type { PostgresTarget } from './servers/url.ts';

/**
 * How to open a store on PostgreSQL. By default the pool is as large as the URL says, calls are tried again
 * for 5 s, and the application's name is `pattern-tracker`.
 */
export interface PostgresStoreOptions extends Partial<ConnectionOptions> {
  /** `never`: fail if the tables are not those of this version, and need no right to change them. @default auto */
  readonly migrate?: 'auto' | 'never';
  /** The URL of a standby that answers questions. @default the server that takes the writes answers them */
  readonly readUrl?: string | undefined;
  /** How long to wait for a server that is not up yet, in milliseconds. @default 30,000 */
  readonly startPatienceMs?: number;
  /** Milliseconds since 1970; decides which months of events get partitions. @default Date.now */
  readonly now?: () => number;
}

/**
 * Opens a service's store on PostgreSQL, which any number of replicas may share. Creates the tables or
 * brings them to this version, unless `migrate` says otherwise.
 *
 * @throws TrackerError E_DATABASE_UNAVAILABLE after `startPatienceMs`; E_DATABASE_URL, E_DATABASE_REFUSED,
 * E_DATABASE_ENCODING, E_DATABASE_NEWER and E_DATABASE_OLDER at once
 */
export async function openPostgresStore(
  url: string,
  options: PostgresStoreOptions = {},
): Promise<ServiceStore> {
  const target = parsePostgresUrl(url);
  const connection = new PostgresConnection(target, {
    poolSize: options.poolSize ?? target.poolSize,
    patienceMs: options.patienceMs ?? 5_000,
    applicationName: options.applicationName ?? 'pattern-tracker',
  });
  const partitions = new Partitions(connection, options.now ?? Date.now);
  try {
    await whenThere(connection, target, {
      work: options.migrate === 'never' ? requireMigrated : migrate,
      patienceMs: options.startPatienceMs ?? 30_000,
    });
    const { isReadOnly = false } = await connection.health();
    if (!isReadOnly) await partitions.prepare([]);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const standby =
    options.readUrl === undefined ? undefined : openStandby(connection, options.readUrl);
  await standby?.look();
  const parts = { connection, reader: standby ?? connection, partitions };
  const tenants = new Tenants((name) => new PostgresPatternStore(parts, name));
  return {
    kind: 'postgres',
    tenant: (name) => tenants.get(name),
    tokens: new PostgresTokenStore(connection, standby?.asBackup ?? connection),
    audit: new PostgresAuditStore(connection),
    retention: new PostgresRetentionStore(connection),
    ...(standby && { staleness: () => standby.staleness }),
    advice: () => connection.advice ?? standby?.advice,
    async health() {
      const health = await connection.health();
      return health.isWell || !standby?.isUp ? health : { ...health, isReadOnly: true };
    },
    async close() {
      await Promise.all([standby?.close(), connection.close()]);
    },
  };
}

// --- internal ---

const START_PAUSE_MS = 250;
/** How long a question is tried on the standby, in milliseconds: the primary answers as well. */
const STANDBY_PATIENCE_MS = 100;

function openStandby(primary: PostgresConnection, url: string): Standby {
  const target = parsePostgresUrl(url, 'any');
  const connection = new PostgresConnection(target, {
    poolSize: target.poolSize,
    patienceMs: STANDBY_PATIENCE_MS,
    applicationName: 'pattern-tracker',
  });
  return new Standby(primary, connection);
}

interface FirstWork {
  readonly work: (sql: Sql) => Promise<void>;
  readonly patienceMs: number;
}

/** Does the first work on the database, and again while its server is not up or its tables are locked. */
async function whenThere(
  connection: PostgresConnection,
  { label }: PostgresTarget,
  { work, patienceMs }: FirstWork,
): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const sql = connection.single();
    try {
      await work(sql);
      return;
    } catch (error) {
      const kind = faultKind(error);
      if (kind === 'fault') throw error;
      if (kind === 'refused') {
        throw new TrackerError(
          'E_DATABASE_REFUSED',
          `PostgreSQL at ${label} refused: ${errorMessage(error)}`,
          {
            hint: 'Check user, password, database and certificate, and that the user may create tables.',
          },
        );
      }
      if (performance.now() > until) {
        throw new TrackerError(
          'E_DATABASE_UNAVAILABLE',
          `PostgreSQL at ${label} is not available: ${errorMessage(error)}`,
          { hint: 'Check that it runs, and that this machine reaches its host and port.' },
        );
      }
      if (kind !== 'conflict') connection.useNextHost();
    } finally {
      await sql.end({ timeout: 0 });
    }
    await sleep(START_PAUSE_MS);
  }
}
