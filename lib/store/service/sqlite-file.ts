import { setTimeout } from 'node:timers/promises';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { fileIdentity } from '../file-identity.ts';
import { StoreUnavailableError } from './pattern-store.ts';

/** How long a statement may block the process for another one's lock, in milliseconds. */
const BLOCKED_MS = 50;
/** How long a write waits for that lock in all, in milliseconds: a courier's transaction takes less. */
const PATIENCE_MS = 10_000;
/** Between two tries, in milliseconds. */
const PAUSE_MS = 20;
/** How often it is looked whether the file is still the same one, in milliseconds. */
const LOOK_MS = 1_000;

/** A database file that other processes write to as well, and that may be replaced by another. */
export class SqliteFile {
  readonly path: string;
  readonly #monotonic: () => number;
  #open: { readonly database: Database; readonly identity: string | undefined } | undefined;
  #lookedAt = -Infinity;
  #isClosed = false;

  /** @throws TrackerError as `openDatabase` */
  constructor(path: string, monotonic: () => number = () => performance.now()) {
    this.path = path;
    this.#monotonic = monotonic;
    this.#database();
  }

  /** Runs `work`, which only reads. Rejects with `StoreUnavailableError` when the file is at fault. */
  async read<T>(work: (database: Database) => T): Promise<T> {
    return this.#persist(() => work(this.#database()));
  }

  /** Runs `work` in a transaction; resolves once that is on the disk. */
  async write<T>(work: (database: Database) => T): Promise<T> {
    return this.#persist(() => {
      const database = this.#database();
      return database.transaction(() => work(database)).immediate();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#open?.database.close();
    this.#open = undefined;
  }

  /** While another process holds the lock, this one goes on with other things. */
  async #persist<T>(work: () => T): Promise<T> {
    const until = this.#monotonic() + PATIENCE_MS;
    for (;;) {
      try {
        return work();
      } catch (error) {
        const code = errorCode(error) ?? '';
        const isOfFile = code.startsWith('SQLITE_') && !OURS.test(code);
        if (!isOfFile && !(error instanceof TrackerError)) throw error;
        const isLocked = code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
        if (!isLocked || this.#monotonic() >= until) {
          if (!isLocked) this.#forget();
          throw new StoreUnavailableError(`${this.path}: ${errorMessage(error)}`, { cause: error });
        }
        await setTimeout(PAUSE_MS);
      }
    }
  }

  #database(): Database {
    if (this.#isClosed) throw new StoreUnavailableError(`${this.path} is closed`);
    const now = this.#monotonic();
    if (this.#open && now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      if (fileIdentity(this.path) !== this.#open.identity) this.#forget();
    }
    if (!this.#open) {
      const database = openDatabase(this.path);
      database.pragma(`busy_timeout = ${BLOCKED_MS}`);
      this.#open = { database, identity: fileIdentity(this.path) };
      this.#lookedAt = now;
    }
    return this.#open.database;
  }

  #forget(): void {
    try {
      this.#open?.database.close();
    } catch {
      // It is at fault already.
    }
    this.#open = undefined;
  }
}

// --- internal ---

/** What SQLite says when a statement is wrong, and not the file. */
const OURS = /^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|MISUSE|RANGE|TOOBIG)/;
