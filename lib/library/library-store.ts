import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { errorCode, TrackerError } from '../base/errors.ts';
import type { TrackerPaths } from '../base/paths.ts';
import type { Config } from '../config/config.ts';
import type { ConfigView } from '../config/config-file.ts';
import { CacheStore } from '../delivery/store/cache-store.ts';
import { openDatabase } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import { fileIdentity, removeOrphans } from '../store/database/file-identity.ts';
import { DeclarationRecorder } from './declaration-recorder.ts';
import { destinationOf } from '../delivery/destination.ts';
import { LINEAGE } from '../delivery/lineage/lineage-sink.ts';
import { breakerPolicy } from '../delivery/delivery-policy.ts';
import { deliveryStore } from '../delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../delivery/store/delivery-store.ts';

/** Where tracker.db is, and what the library's parts of it need. */
export interface LibraryStoreOptions {
  readonly paths: TrackerPaths;
  readonly config: Config;
  /** The configuration by the files alone. */
  readonly courier: ConfigView;
  readonly clock: Clock;
  /** The name of this machine, which the server is told. */
  readonly machine: string;
  /** Takes the secrets out of a text. */
  readonly clean: (text: string) => string;
}

/** The open tracker.db and the library's parts of it. */
export interface OpenLibraryStore {
  readonly database: Database;
  readonly recorder: DeclarationRecorder;
  readonly delivery: DeliveryStore;
  readonly cache: CacheStore;
}

/**
 * Holds tracker.db open for the library. It is opened when first needed, and again after a failure or when its
 * file was deleted or replaced.
 */
export class LibraryStore {
  readonly #options: LibraryStoreOptions;
  #open: OpenLibraryStore | undefined;
  /** Which file is open. Once it is deleted or replaced, anything written to it is lost. */
  #file: string | undefined;

  constructor(options: LibraryStoreOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` with the open store, which it opens first if needed.
   *
   * @throws TrackerError E_DATABASE_… that says what to do, or whatever else `work` throws
   */
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

  /** The error to throw for `error`: E_DATABASE_… for a fault of SQLite or the file system, else the same. */
  fault(error: unknown): unknown {
    if (error instanceof TrackerError || errorCode(error) === undefined) return error;
    this.close(); // the file may have been moved aside; the next call opens what is there
    return databaseFault(this.#options.paths.database, error);
  }

  /** Closes tracker.db; the next `use` opens it again. */
  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  #opened(): OpenLibraryStore {
    const { paths, config, clock, machine, clean } = this.#options;
    mkdirSync(paths.data, { recursive: true, mode: 0o700 });
    removeOrphans(paths.database);
    const database = openDatabase(paths.database);
    this.#file = fileIdentity(paths.database);
    try {
      const destination = destinationOf(LINEAGE, this.#options, database);
      const { name } = destination;
      return {
        database,
        recorder: new DeclarationRecorder(database, {
          config,
          clock,
          machine,
          clean,
          newEventId,
          destination: name,
        }),
        delivery: deliveryStore(database, destination, {
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
