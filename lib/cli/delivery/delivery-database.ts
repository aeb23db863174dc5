import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { errorCode } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import { CacheStore } from '../../delivery/store/cache-store.ts';
import { databaseFault } from '../../store/database/database-fault.ts';
import { openDatabase, openDatabaseForReading } from '../../store/database/database.ts';
import type { Database } from '../../store/database/database.ts';
import { loadConfig } from '../../config/config-file.ts';
import { breakerPolicy } from '../../delivery/delivery-policy.ts';
import type { Sink } from '../../delivery/sink.ts';
import { deliveryStore } from '../../delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../../delivery/store/delivery-store.ts';
import type { CliEnvironment } from '../environment.ts';
import { sinksInUse } from '../arguments/sink-choice.ts';

/** What commands about delivery work on. */
export interface DeliverySide {
  readonly database: Database;
  /** The sinks that there is something to say of; one at least. */
  readonly sinks: readonly Sink[];
  readonly storeOf: (sink: Sink) => DeliveryStore;
  readonly cache: CacheStore;
  readonly config: Config;
  /** What is wrong with the configuration; null when all is well. */
  readonly configError: string | null;
}

/**
 * Runs `work` on the delivery side of tracker.db; undefined when there is no database yet.
 *
 * @throws TrackerError E_DATABASE_…, and whatever TrackerError `work` throws
 */
export function withDelivery<T>(
  cli: CliEnvironment,
  work: (side: DeliverySide) => T,
): T | undefined {
  const path = cli.paths.database;
  if (!existsSync(path)) return undefined;
  const { config, error: configError } = loadConfig(cli.paths, { env: cli.env });
  try {
    const database = openForDelivery(path);
    try {
      const options = { policy: breakerPolicy(config), clock: cli.now, newId: randomUUID };
      const { cache_size: size, cache_ttl: ttl } = config.pattern_tracking;
      return work({
        database,
        sinks: sinksInUse(config, database),
        storeOf: (sink) => deliveryStore(database, sink, options),
        cache: new CacheStore(database, { size, ttl, clock: cli.now }),
        config,
        configError,
      });
    } finally {
      database.close();
    }
  } catch (error) {
    throw databaseFault(path, error);
  }
}

// --- internal ---

/** On a full or read-only disk it can still be looked at; what would write then says why it can't. */
function openForDelivery(path: string): Database {
  try {
    return openDatabase(path);
  } catch (error) {
    if (!UNWRITABLE.test(errorCode(error) ?? '')) throw error;
    const database = openDatabaseForReading(path);
    if (!database) throw error;
    return database;
  }
}

const UNWRITABLE = /^SQLITE_(?:FULL|READONLY|CANTOPEN|IOERR)/;
