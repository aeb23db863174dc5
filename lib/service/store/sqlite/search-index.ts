import type { Database } from '../../../store/database/database.ts';
import { FingerprintWriter } from '../../../store/writers/fingerprint-writer.ts';
import { INDEXED_CHARACTERS } from '../rows/pattern-search.ts';
import type { SqliteConnection } from './connection.ts';
import { perDatabase } from './per-database.ts';

/** Patterns that are indexed in one transaction, which takes about 10 ms. */
const INDEXED_AT_ONCE = 200;

/** The pause between two steps of indexing, in milliseconds. */
const PAUSE_MS = 20;
/**
 * How much longer that pause is while events arrive, in milliseconds: a search indexes the newest by itself, and the
 * rest can wait for a quiet moment.
 */
const BUSY_PAUSE_MS = 2_000;

/**
 * Fills the index of words, and that of similar code, in the background. Writers only queue the patterns that they add; a pattern is
 * found by its words once it has been indexed.
 */
export class SearchIndex {
  readonly #connection: SqliteConnection;
  readonly #statements = perDatabase(queueStatements);
  #isIndexing = false;
  /** How often something was written. */
  #written = 0;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Tells the index that patterns were written. */
  noteWrite(): void {
    this.#written += 1;
    this.#indexLater();
  }

  /**
   * Indexes what another process has added lately. While the file is locked, a search does without that.
   * Never rejects.
   */
  async indexNewest(): Promise<void> {
    try {
      const indexed = await this.#connection.tryWrite((database) => this.#index(database));
      if (indexed === INDEXED_AT_ONCE) this.#indexLater();
    } catch {
      // The search itself says what is wrong.
    }
  }

  /**
   * Indexes in small steps, each in a transaction of its own: with short pauses while nothing is written, with
   * long ones while events arrive. What is left when the process ends is indexed by the next process.
   */
  #indexLater(): void {
    if (this.#isIndexing) return;
    this.#isIndexing = true;
    const step = async (): Promise<void> => {
      const written = this.#written;
      try {
        // A step waits for the writes before it, so that those count however slow the disk is.
        if ((await this.#indexSome()) === INDEXED_AT_ONCE) return later(written);
      } catch {
        // The file is at fault or closed; the next search tries again.
      }
      this.#isIndexing = false;
      if (this.#written !== written) this.#indexLater();
    };
    const later = (written: number) => {
      setTimeout(() => {
        const isBusy = this.#written !== written;
        setTimeout(() => void step(), isBusy ? BUSY_PAUSE_MS : 0).unref();
      }, PAUSE_MS).unref();
    };
    later(this.#written);
  }

  async #indexSome(): Promise<number> {
    const waits = await this.#connection.read((database) => this.#statements(database).waits.get());
    if (waits === undefined) return 0;
    return this.#connection.write((database) => this.#index(database));
  }

  /** Makes the newest patterns of the queue findable; returns how many. Call it in a transaction. */
  #index(database: Database): number {
    const { next, add, done, fingerprints } = this.#statements(database);
    const rows = next.all(INDEXED_AT_ONCE);
    for (const { queueId, id, name, code, language } of rows) {
      if (id !== null && name !== null && code !== null) {
        add.run(queueId, name, code, id);
        fingerprints.add(id, code, language ?? '');
      }
      done.run(queueId);
    }
    return rows.length;
  }
}

// --- internal ---

interface QueuedPattern {
  readonly queueId: number;
  /** Null, like the other two, when the pattern is gone. */
  readonly id: string | null;
  readonly name: string | null;
  readonly code: string | null;
  readonly language: string | null;
}

function queueStatements(database: Database) {
  return {
    waits: database.prepare<[], number>('SELECT 1 FROM search_queue LIMIT 1').pluck(),
    next: database.prepare<[number], QueuedPattern>(
      `SELECT queue.id AS queueId, p.id, p.name, substr(p.code, 1, ${INDEXED_CHARACTERS}) AS code,
         p.language
       FROM search_queue queue LEFT JOIN patterns p ON p.id = queue.pattern_id
       ORDER BY queue.id DESC LIMIT ?`,
    ),
    add: database.prepare<[number, string, string, string]>(
      'INSERT INTO pattern_search (rowid, name, code, pattern_id) VALUES (?, ?, ?, ?)',
    ),
    fingerprints: new FingerprintWriter(database),
    done: database.prepare<[number]>('DELETE FROM search_queue WHERE id = ?'),
  };
}
