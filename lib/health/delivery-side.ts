import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { errorCode } from '../base/errors.ts';
import type { LoadedConfig } from '../config/config-file.ts';
import { destinationOf } from '../delivery/destination.ts';
import { breakerPolicy } from '../delivery/delivery-policy.ts';
import type { Sink } from '../delivery/sink.ts';
import { sinksInUse } from '../delivery/sinks-in-use.ts';
import { CacheStore } from '../delivery/store/cache-store.ts';
import { deliveryStore } from '../delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../delivery/store/delivery-store.ts';
import { hasOutboxRows } from '../delivery/store/outbox-totals.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import { openDatabase, openDatabaseForReading } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { readDatabase } from '../store/database/read-database.ts';
import type { FactSources } from './fact-sources.ts';

/** The parts of tracker.db that hold the state of delivery. */
export interface DeliverySide {
  readonly database: Database;
  /** The sinks in use; at least one. */
  readonly sinks: readonly Sink[];
  /** The store of a sink at the address that is configured. */
  readonly storeOf: (sink: Sink) => DeliveryStore;
  readonly cache: CacheStore;
}

/**
 * Opens tracker.db for writing, runs `work` on the state of delivery, and closes it. Returns undefined
 * when there is no database yet. On a full or read-only disk, `work` can only read.
 *
 * @throws TrackerError E_DATABASE_…, and any TrackerError that `work` throws
 */
export function withDelivery<T>(
  { paths: { database: path }, now }: Pick<FactSources, 'paths' | 'now'>,
  loaded: Pick<LoadedConfig, 'config' | 'courier'>,
  work: (side: DeliverySide) => T,
): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const database = openForDelivery(path);
    try {
      return work(sideOf(database, loaded, now));
    } finally {
      database.close();
    }
  } catch (error) {
    throw databaseFault(path, error);
  }
}

/**
 * The same for a `read` that changes nothing, so that the database is opened for reading.
 *
 * @throws TrackerError E_DATABASE_…
 */
export function readDelivery<T>(
  { paths, now }: Pick<FactSources, 'paths' | 'now'>,
  loaded: Pick<LoadedConfig, 'config' | 'courier'>,
  read: (side: DeliverySide) => T,
): T | undefined {
  return readDatabase(paths.database, (database) => read(sideOf(database, loaded, now)));
}

// --- internal ---

function sideOf(
  database: Database,
  loaded: Pick<LoadedConfig, 'config' | 'courier'>,
  clock: FactSources['now'],
): DeliverySide {
  const { config } = loaded;
  const options = { policy: breakerPolicy(config), clock, newId: randomUUID };
  const { cache_size: size, cache_ttl: ttl } = config.pattern_tracking;
  return {
    database,
    sinks: sinksInUse(config, (sink) =>
      hasOutboxRows(database, destinationOf(sink, loaded, database).name),
    ),
    storeOf: (sink) => deliveryStore(database, destinationOf(sink, loaded, database), options),
    cache: new CacheStore(database, { size, ttl, clock }),
  };
}

/** On a full or read-only disk the database can still be read. A write then fails, and its error says why. */
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
