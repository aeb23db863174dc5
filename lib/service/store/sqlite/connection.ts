import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorMessage } from '../../../base/errors.ts';
import { openDatabase } from '../../../store/database/database.ts';
import type { Database } from '../../../store/database/database.ts';
import {
  takeInWal,
  misplacedFile,
  openFiles,
  removeOrphans,
} from '../../../store/database/file-identity.ts';
import type { OpenFiles } from '../../../store/database/file-identity.ts';
import { rewriteFile } from '../../../store/database/rewrite-file.ts';
import type { StoreHealth } from '../service-store.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import { faultKind } from './faults.ts';

/** How long a statement may block this process while another one holds the lock, in milliseconds. */
const BLOCKED_MS = 5;
/** The pause between two tries for the lock, in milliseconds. */
const PAUSE_MS = 20;
/** How often a read checks that the file in place is still the same one, in milliseconds. */
const LOOK_MS = 1_000;

/** How a file is used. */
export interface SqliteConnectionOptions {
  /** How long a call waits for the lock in all, in milliseconds. @default 10,000 */
  readonly patienceMs?: number;
  /** Milliseconds of a clock that is never set. @default performance.now */
  readonly monotonic?: () => number;
}

interface Opened {
  readonly database: Database;
  readonly files: OpenFiles;
}

/** The connection to a database file that other processes write to as well and may replace. */
export class SqliteConnection {
  readonly path: string;
  readonly #monotonic: () => number;
  readonly #patienceMs: number;
  #opened: Opened | undefined;
  #lookedAt = -Infinity;
  #isClosed = false;
  /** The previous write, done or failed. Writes take turns, so that only one at a time tries for the lock. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The previous `wipe`, done or failed. */
  #wipe: Promise<unknown> = Promise.resolve();

  /** Opens nothing yet. */
  constructor(path: string, options: SqliteConnectionOptions = {}) {
    this.path = path;
    this.#monotonic = options.monotonic ?? (() => performance.now());
    this.#patienceMs = options.patienceMs ?? 10_000;
  }

  /** Opens the file unless it is open; makes it if it is missing. @throws TrackerError as `openDatabase` */
  open(): void {
    this.#current();
  }

  /** Runs `work`, which only reads. @throws StoreUnavailableError when the file is at fault */
  async read<T>(work: (database: Database) => T): Promise<T> {
    return this.#persist(() => {
      if (this.#monotonic() - this.#lookedAt >= LOOK_MS) this.#followFile();
      return work(this.#current().database);
    });
  }

  /**
   * Runs `work` in a transaction; resolves once that is on the disk, in the file that is in place. If the
   * file was replaced meanwhile, `work` runs again in the new one.
   *
   * @throws StoreUnavailableError when the file is at fault, or locked for too long
   */
  async write<T>(work: (database: Database) => T): Promise<T> {
    const before = this.#turn;
    const own = (async () => {
      await before.catch(() => {});
      return this.#persist(() => this.#writeNow(work));
    })();
    this.#turn = own;
    return own;
  }

  /** As `write`, but without waiting, neither for the lock nor for other writes. */
  async tryWrite<T>(work: (database: Database) => T): Promise<T> {
    return this.#writeNow(work);
  }

  /**
   * Leaves nothing of what was deleted in the file and its log (the WAL file); false if the file is larger than
   * `mostBytes`, and only its log was cleared. Calls of one process take turns.
   *
   * @throws SQLite's error
   */
  async wipe(mostBytes: number): Promise<boolean> {
    const before = this.#wipe;
    const own = (async () => {
      await before.catch(() => {});
      if (this.#isClosed) return false;
      if (statSync(this.path).size > mostBytes) {
        this.#current().database.pragma('wal_checkpoint(TRUNCATE)');
        return false;
      }
      await rewriteFile(this.path);
      return true;
    })();
    this.#wipe = own;
    return own;
  }

  /** Whether the file can be read. Never rejects. */
  async health(): Promise<StoreHealth> {
    try {
      await this.read((database) => database.prepare('SELECT 1 FROM meta LIMIT 1').get());
      return { isWell: true, detail: 'operational', pool: null };
    } catch (error) {
      return { isWell: false, detail: errorMessage(error), pool: null };
    }
  }

  /** Closes the file. Later calls reject. */
  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  #writeNow<T>(work: (database: Database) => T): T {
    for (let tries = 0; ; tries++) {
      this.#followFile();
      const { database } = this.#current();
      const result = database.transaction(() => work(database)).immediate();
      // What was committed to a file that is no longer there is lost.
      if (this.#followFile()) return result;
      if (tries === MOST_REPLACEMENTS) {
        throw new StoreUnavailableError(`${this.path} is replaced again and again`);
      }
    }
  }

  /** While another process holds the lock, this one goes on with other things. */
  async #persist<T>(work: () => T): Promise<T> {
    const until = this.#monotonic() + this.#patienceMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        const kind = faultKind(error);
        if (kind === 'fault') throw error;
        if (kind === 'unavailable') this.#forget();
        if (kind === 'unavailable' || this.#monotonic() >= until) {
          throw new StoreUnavailableError(`${this.path}: ${errorMessage(error)}`, { cause: error });
        }
        await setTimeout(PAUSE_MS);
      }
    }
  }

  /**
   * Lets go of files that are no longer those in place; false if what was written to them is lost. What is only in a WAL
   * that was removed goes into the database first.
   */
  #followFile(): boolean {
    this.#lookedAt = this.#monotonic();
    const misplaced = this.#opened && misplacedFile(this.path, this.#opened.files);
    if (!this.#opened || misplaced === undefined) return true;
    const isKept = misplaced === 'wal' && takeInWal(this.#opened.database);
    this.#forget();
    removeOrphans(this.path);
    return isKept;
  }

  #current(): Opened {
    if (this.#isClosed) throw new StoreUnavailableError(`${this.path} is closed`);
    if (!this.#opened) {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const database = openDatabase(this.path);
      database.pragma(`busy_timeout = ${BLOCKED_MS}`);
      this.#opened = { database, files: openFiles(this.path) };
    }
    return this.#opened;
  }

  #forget(): void {
    try {
      this.#opened?.database.close();
    } catch {
      // The file is already known to be at fault.
    }
    this.#opened = undefined;
  }
}

// --- internal ---

/** How often a write runs again because its file was replaced, which takes a replacement within milliseconds. */
const MOST_REPLACEMENTS = 3;
