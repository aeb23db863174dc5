import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { errorCode, TrackerError } from '../base/errors.ts';
import type { TrackerPaths } from '../base/paths.ts';
import type { Config } from '../config/config.ts';
import { CacheStore } from '../delivery/store/cache-store.ts';
import { openDatabase } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import { fileIdentity, removeOrphans } from '../store/database/file-identity.ts';
import { DeclarationRecorder } from './declaration-recorder.ts';
import { LINEAGE } from '../delivery/lineage/lineage-sink.ts';
import { breakerPolicy } from '../delivery/delivery-policy.ts';
import { deliveryStore } from '../delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../delivery/store/delivery-store.ts';

export interface LibraryStoreOptions {
  readonly paths: TrackerPaths;
  readonly config: Config;
  readonly clock: Clock;
  /** The name of this machine, for the server. */
  readonly machine: string;
}

/** tracker.db and what the library does with it. */
export interface OpenLibraryStore {
  readonly database: Database;
  readonly recorder: DeclarationRecorder;
  readonly delivery: DeliveryStore;
  readonly cache: CacheStore;
}

/**
 * tracker.db as the library holds it: opened when first needed, and again after it has failed or when
 * another file, or none, lies where it lay.
 */
export class LibraryStore {
  readonly #options: LibraryStoreOptions;
  #open: OpenLibraryStore | undefined;
  /** The file that is open: what is written to one that was deleted or replaced is lost. */
  #file: string | undefined;

  constructor(options: LibraryStoreOptions) {
    this.#options = options;
  }

  /** @throws TrackerError E_DATABASE_… that says what to do, and whatever TrackerError `work` throws. */
  use<T>(work: (store: OpenLibraryStore) => T): T {
    try {
      const { database } = this.#options.paths;
      if (this.#open && this.#file !== fileIdentity(database)) this.close();
      this.#open ??= this.#opened();
      return work(this.#open);
    } catch (error) {
      throw this.fault(error);
    }
  }

  /** What to throw for an error that came of using tracker.db. */
  fault(error: unknown): unknown {
    if (error instanceof TrackerError || errorCode(error) === undefined) return error;
    this.close(); // the file may have been moved aside; the next call opens what is there
    return databaseFault(this.#options.paths.database, error);
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  #opened(): OpenLibraryStore {
    const { paths, config, clock, machine } = this.#options;
    mkdirSync(paths.data, { recursive: true, mode: 0o700 });
    removeOrphans(paths.database);
    const database = openDatabase(paths.database);
    this.#file = fileIdentity(paths.database);
    try {
      return {
        database,
        recorder: new DeclarationRecorder(database, { config, clock, machine, newEventId }),
        delivery: deliveryStore(database, LINEAGE, {
          policy: breakerPolicy(config),
          clock,
          newId: randomUUID,
        }),
        cache: new CacheStore(database, {
          size: config.pattern_tracking.cache_size,
          ttl: config.pattern_tracking.cache_ttl,
          clock,
        }),
      };
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

// --- internal ---

function newEventId(): string {
  return randomUUID().replaceAll('-', '');
}
