import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorCode, errorMessage, TrackerError } from '../../../base/errors.ts';
import { openDatabase } from '../../../store/database/database.ts';
import type { Database } from '../../../store/database/database.ts';
import { fileIdentity, removeOrphans } from '../../../store/database/file-identity.ts';
import { StoreUnavailableError } from '../pattern-store.ts';

/** How long a statement may block the process for another one's lock, in milliseconds. */
const BLOCKED_MS = 5;
/** How long a write waits for that lock in all, in milliseconds: a courier's transaction takes less. */
const PATIENCE_MS = 10_000;
/** Between two tries, in milliseconds. */
const PAUSE_MS = 20;
/** How often a read looks whether the file is still the same one, in milliseconds. */
const LOOK_MS = 1_000;

interface Opened {
  readonly database: Database;
  readonly identity: string | undefined;
}

/** A database file that other processes write to as well, and that may be replaced by another. */
export class SqliteFile {
  readonly path: string;
  readonly #monotonic: () => number;
  #opened: Opened | undefined;
  #lookedAt = -Infinity;
  #isClosed = false;
  /** The write before, done or failed: they take turns, so that only one at a time tries for the lock. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, monotonic: () => number = () => performance.now()) {
    this.path = path;
    this.#monotonic = monotonic;
  }

  /** Opens it if it is not open; makes it if it is not there. @throws TrackerError as `openDatabase` */
  open(): void {
    this.#current();
  }

  /** Runs `work`, which only reads. Rejects with `StoreUnavailableError` when the file is at fault. */
  async read<T>(work: (database: Database) => T): Promise<T> {
    return this.#persist(() => {
      if (this.#monotonic() - this.#lookedAt >= LOOK_MS) this.#followFile();
      return work(this.#current().database);
    });
  }

  /**
   * Runs `work` in a transaction; resolves once that is on the disk, in the file that is in place. It may
   * run again, in another file, when this one was replaced meanwhile.
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

  /** As `write`, but without waiting: not for the lock, nor for other writes. */
  async tryWrite<T>(work: (database: Database) => T): Promise<T> {
    return this.#writeNow(work);
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  #writeNow<T>(work: (database: Database) => T): T {
    for (let tries = 0; ; tries++) {
      this.#followFile();
      const { database } = this.#current();
      const result = database.transaction(() => work(database)).immediate();
      // What was committed to a file that is no longer there is not kept.
      if (this.#followFile()) return result;
      if (tries === MOST_REPLACEMENTS) {
        throw new StoreUnavailableError(`${this.path} is replaced again and again`);
      }
    }
  }

  /** While another process holds the lock, this one goes on with other things. */
  async #persist<T>(work: () => T): Promise<T> {
    const until = this.#monotonic() + PATIENCE_MS;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (error instanceof StoreUnavailableError) throw error;
        const code = errorCode(error) ?? '';
        const isOfFile = code.startsWith('SQLITE_') && !OURS.test(code);
        const isOfSystem = SYSTEM.test(code);
        if (!isOfFile && !isOfSystem && !(error instanceof TrackerError)) throw error;
        const isLocked = code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
        if (!isLocked || this.#monotonic() >= until) {
          if (!isLocked) this.#forget();
          throw new StoreUnavailableError(`${this.path}: ${errorMessage(error)}`, { cause: error });
        }
        await setTimeout(PAUSE_MS);
      }
    }
  }

  /** Lets go of a file that is no longer the one in place; false then. */
  #followFile(): boolean {
    this.#lookedAt = this.#monotonic();
    if (!this.#opened || fileIdentity(this.path) === this.#opened.identity) return true;
    this.#forget();
    removeOrphans(this.path);
    return false;
  }

  #current(): Opened {
    if (this.#isClosed) throw new StoreUnavailableError(`${this.path} is closed`);
    if (!this.#opened) {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const database = openDatabase(this.path);
      database.pragma(`busy_timeout = ${BLOCKED_MS}`);
      this.#opened = { database, identity: fileIdentity(this.path) };
    }
    return this.#opened;
  }

  #forget(): void {
    try {
      this.#opened?.database.close();
    } catch {
      // It is at fault already.
    }
    this.#opened = undefined;
  }
}

// --- internal ---

/** Each has to fall into the milliseconds of a transaction. */
const MOST_REPLACEMENTS = 3;

/** What SQLite says when a statement is wrong, and not the file. */
const OURS = /^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|MISUSE|RANGE|TOOBIG)/;
/** `ENOSPC`, `EACCES`; not `ERR_INVALID_ARG_TYPE`, nor an `E_…` of ours. */
const SYSTEM = /^E[A-Z0-9]+$/;
