import type { Clock } from '../../base/clock.ts';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { isCorruption, moveAside, openDatabase } from '../../store/database/database.ts';
import type { Database } from '../../store/database/database.ts';
import {
  cutOf,
  FileHealth,
  isRestInWal,
  isSound,
  readWhole,
} from '../../store/database/file-health.ts';
import {
  takeInWal,
  fileIdentity,
  misplacedFile,
  openFiles,
  removeOrphans,
} from '../../store/database/file-identity.ts';
import type { OpenFiles } from '../../store/database/file-identity.ts';
import { noteMovedAside } from '../../store/database/meta.ts';
import type { MovedAside } from '../../store/database/meta.ts';
import type { BadFile, Ingest } from '../ingest.ts';
import { lacksSchema } from '../passing-fault.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import type { SpoolThread } from '../spool/spool-thread.ts';
import { tryStep } from '../try-step.ts';

/** The page cache, in KiB: a quarter of the usual, because a backlog uses most pages only once. */
const CACHE_KIB = 4 * 1024;
/**
 * How long a database may lack a part before another one takes its place, in milliseconds: somebody may be copying a
 * file over it, or restoring it.
 */
const GRACE_MS = 60_000;
/** How long another process takes at most to write its pages behind the first one, in milliseconds. */
const SETTLE_MS = 100;

interface OpenStore {
  readonly database: Database;
  readonly files: OpenFiles;
  readonly health: FileHealth;
  readonly ingest: Ingest;
}

/** Something that is missing, and since when, in milliseconds by a clock that nobody sets. */
interface Lack {
  readonly fault: string;
  readonly since: number;
}

/** What a {@link CourierStore} does beside the usual. */
export interface CourierStoreOptions {
  readonly onMovedAside?: ((moved: MovedAside) => void) | undefined;
  /** Milliseconds by a clock that nobody sets. @default performance.now */
  readonly elapsed?: (() => number) | undefined;
}

/**
 * Holds tracker.db open for the courier. It is opened when first needed, and again when its file was
 * deleted or replaced. A corrupt database is moved aside; a fresh one takes its place and records that. One that was
 * cut, or has lost a table, is given a minute to come back first.
 */
export class CourierStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #makeIngest: (database: Database) => Ingest;
  readonly #onMovedAside: (moved: MovedAside) => void;
  readonly #elapsed: () => number;
  #store: OpenStore | undefined;
  #lack: Lack | undefined;
  /** True while SQLite must not close the file: it would remove the WAL, which may be all that is left. */
  #isCut = false;

  constructor(
    path: string,
    clock: Clock,
    makeIngest: (database: Database) => Ingest,
    { onMovedAside, elapsed }: CourierStoreOptions = {},
  ) {
    this.#path = path;
    this.#clock = clock;
    this.#makeIngest = makeIngest;
    this.#onMovedAside = onMovedAside ?? (() => {});
    this.#elapsed = elapsed ?? (() => performance.now());
  }

  /** The database if it is open and whole. */
  get database(): Database | undefined {
    return this.#isCut ? undefined : this.#store?.database;
  }

  /** Opens the database if it is not open. @throws TrackerError E_DATABASE_CUT while a part of it is missing */
  open(): Database {
    return this.#current().database;
  }

  /**
   * Ingests a batch; returns the bad files.
   *
   * @throws SQLite's error when nothing can be written; TrackerError E_DATABASE_CUT while a part of it is missing
   */
  take(batch: readonly SpoolFile[], thread?: SpoolThread): BadFile[] {
    const { database, ingest } = this.#current();
    try {
      const bad = ingest.take(batch, thread);
      this.#lack = undefined;
      return bad;
    } catch (error) {
      this.#store = this.#replaced(error, database);
      return this.#store.ingest.take(batch);
    }
  }

  /** Closes the database, if it is whole; the next call opens it again. */
  close(): void {
    if (!this.#isCut) this.#release();
  }

  /** Closes the database for good. One that was cut is moved aside, because closing it would remove its WAL. */
  leave(): void {
    const { fault } = this.#lack ?? {};
    if (this.#isCut) this.#store = this.#startAfresh(fault ?? '');
    this.#release();
  }

  #current(): OpenStore {
    const store = this.#store;
    if (store && misplacedFile(this.#path, store.files) === 'database') this.#letGo(store);
    else if (store) this.#checkWhole(store);
    return (this.#store ??= this.#open());
  }

  /** Closes a database whose file was deleted or replaced. */
  #letGo({ database, files: { wal } }: OpenStore): void {
    // SQLite leaves the WAL of a file that was moved, and would take it for a part of the other file.
    const isOurs = wal !== undefined && fileIdentity(`${this.#path}-wal`) === wal;
    if (isOurs)
      tryStep(
        () => takeInWal(database),
        () => {},
      );
    this.#isCut = false;
    this.#lack = undefined;
    this.#release();
  }

  /** Sees whether the file was cut or copied over while it was open. */
  #checkWhole(store: OpenStore): void {
    const { health } = store;
    let fault = health.fault();
    if (fault !== undefined) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
      fault = health.fault();
    }
    if (fault !== undefined && !this.#isCut && isRestInWal(this.#path, fault)) {
      store.database.pragma('wal_checkpoint(PASSIVE)');
      fault = undefined;
    }
    const hasGoneBack = health.wentBack();
    if (fault !== undefined) {
      this.#isCut = true;
      this.#awaitReturn(fault);
      this.#store = this.#startAfresh(fault);
    } else if (this.#isCut) {
      this.#isCut = false; // something was put there, of which this connection knows nothing
      this.#release();
      this.#store = this.#open();
      this.#checkPages(this.#store);
    } else if (misplacedFile(this.#path, store.files) === 'wal') {
      this.#leaveWal(store, hasGoneBack);
    } else if (hasGoneBack) this.#checkPages(store);
  }

  /**
   * Opens the database again after somebody has removed its WAL: no other process can see what this one writes to a removed
   * file. Its contents go into the database first, unless another file was copied over the database.
   */
  #leaveWal({ database }: OpenStore, isOtherFile: boolean): void {
    if (!isOtherFile) takeInWal(database);
    this.#release();
    this.#store = this.#open();
    this.#checkPages(this.#store);
  }

  /** Sees whether the pages of a file that was copied there and those of the WAL go together. */
  #checkPages({ database }: OpenStore): void {
    const found = database.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') this.#store = this.#startAfresh(String(found));
  }

  /** @throws TrackerError E_DATABASE_CUT for a minute */
  #awaitReturn(fault: string): void {
    this.#lack ??= { fault, since: this.#elapsed() };
    const lasted = this.#elapsed() - this.#lack.since;
    if (lasted >= GRACE_MS) return;
    throw new TrackerError('E_DATABASE_CUT', `${this.#path}: ${fault}`, {
      hint: `Put the file back, or leave it: after ${GRACE_MS / 1000} s it is set aside, a new one takes its place, and \`pattern-tracker recover\` joins them. Events wait.`,
    });
  }

  #open(): OpenStore {
    removeOrphans(this.#path);
    const cut = cutOf(this.#path);
    if (cut !== undefined) {
      this.#awaitReturn(cut);
      return this.#startAfresh(cut);
    }
    let database: Database | undefined;
    try {
      database = openDatabase(this.#path);
      return this.#with(database);
    } catch (error) {
      try {
        return this.#replaced(error, database);
      } finally {
        database?.close();
      }
    }
  }

  /** For a database that failed with `error`: the fresh one in its place. @throws `error`, if it is not to be replaced */
  #replaced(error: unknown, database: Database | undefined): OpenStore {
    const isLacking = database && errorCode(error) === 'SQLITE_ERROR' && lacksSchema(database);
    if (isLacking) this.#awaitReturn(errorMessage(error));
    else if (!isCorruption(error)) throw error;
    const cut = this.#store?.health.fault(); // since it was last looked at
    if (cut !== undefined) {
      this.#isCut = true;
      this.#awaitReturn(cut);
    }
    if (cut === undefined && this.#isSoundAfterAll(error)) {
      if (this.#store) return this.#store;
      throw error; // the next call opens it
    }
    return this.#startAfresh(cut ?? errorMessage(error));
  }

  /**
   * True for a database that is to be tried again, although it failed as if it were corrupt: SQLite says the same of a disk
   * that fails to read. One that is found sound and fails for a minute all the same is not.
   *
   * @throws the system's error while the file cannot be read
   */
  #isSoundAfterAll(error: unknown): boolean {
    readWhole(this.#path, this.#store?.health);
    if (!isSound(this.#path)) return false;
    this.#lack ??= { fault: errorMessage(error), since: this.#elapsed() };
    return this.#elapsed() - this.#lack.since < GRACE_MS;
  }

  /** Moves the file away before it is closed, so that SQLite neither writes to it nor removes its WAL. */
  #startAfresh(reason: string): OpenStore {
    if (process.platform === 'win32') this.#release(); // which moves no file that is open
    const at = this.#clock();
    const moved = { path: moveAside(this.#path, at), at, reason };
    this.#isCut = false;
    this.#lack = undefined;
    this.#release();
    this.#onMovedAside(moved);
    const database = openDatabase(this.#path);
    noteMovedAside(database, moved);
    return this.#with(database);
  }

  #with(database: Database): OpenStore {
    const files = openFiles(this.#path);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    const ingest = this.#makeIngest(database);
    const health = new FileHealth(this.#path);
    health.wentBack(); // from here on
    return { database, files, health, ingest };
  }

  #release(): void {
    const store = this.#store;
    this.#store = undefined;
    try {
      store?.database.close();
    } finally {
      store?.health.close();
    }
  }
}
