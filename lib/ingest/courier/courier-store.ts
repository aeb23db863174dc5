import type { Clock } from '../../base/clock.ts';
import { errorMessage } from '../../base/errors.ts';
import { isCorruption, moveAside, openDatabase } from '../../store/database/database.ts';
import type { Database } from '../../store/database/database.ts';
import { fileIdentity, removeOrphans } from '../../store/database/file-identity.ts';
import { noteMovedAside } from '../../store/database/meta.ts';
import type { MovedAside } from '../../store/database/meta.ts';
import type { BadFile, Ingest } from '../ingest.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import type { SpoolThread } from '../spool/spool-thread.ts';

/** The page cache, in KiB: half of the usual, because a backlog uses most pages only once. */
const CACHE_KIB = 8 * 1024;

interface OpenStore {
  readonly database: Database;
  /** Which file was opened. Once it is deleted or replaced, anything written to it is lost. */
  readonly file: string | undefined;
  readonly ingest: Ingest;
}

/**
 * Holds tracker.db open for the courier. It is opened when first needed, and again when its file was
 * deleted or replaced. A corrupt database is moved aside; a fresh one takes its place and records that.
 */
export class CourierStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #makeIngest: (database: Database) => Ingest;
  readonly #onMovedAside: (moved: MovedAside) => void;
  #store: OpenStore | undefined;

  constructor(
    path: string,
    clock: Clock,
    makeIngest: (database: Database) => Ingest,
    onMovedAside: (moved: MovedAside) => void = () => {},
  ) {
    this.#path = path;
    this.#clock = clock;
    this.#makeIngest = makeIngest;
    this.#onMovedAside = onMovedAside;
  }

  /** The database if it is open. */
  get database(): Database | undefined {
    return this.#store?.database;
  }

  /** Opens the database if it is not open. */
  open(): Database {
    return this.#current().database;
  }

  /** Ingests a batch; returns the bad files. @throws SQLite's error when nothing can be written */
  take(batch: readonly SpoolFile[], thread?: SpoolThread): BadFile[] {
    const { ingest } = this.#current();
    try {
      return ingest.take(batch, thread);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.close();
      this.#store = this.#startAfresh(error);
      return this.#store.ingest.take(batch);
    }
  }

  /** Closes the database; the next call opens it again. */
  close(): void {
    const database = this.#store?.database;
    this.#store = undefined;
    database?.close();
  }

  #current(): OpenStore {
    if (this.#store && this.#store.file !== fileIdentity(this.#path)) this.close();
    return (this.#store ??= this.#open());
  }

  #open(): OpenStore {
    removeOrphans(this.#path);
    try {
      return this.#with(openDatabase(this.#path));
    } catch (error) {
      if (!isCorruption(error)) throw error;
      return this.#startAfresh(error);
    }
  }

  #startAfresh(cause: unknown): OpenStore {
    const at = this.#clock();
    const moved = { path: moveAside(this.#path, at), at, reason: errorMessage(cause) };
    this.#onMovedAside(moved);
    const database = openDatabase(this.#path);
    noteMovedAside(database, moved);
    return this.#with(database);
  }

  #with(database: Database): OpenStore {
    const file = fileIdentity(this.#path);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    return { database, file, ingest: this.#makeIngest(database) };
  }
}
