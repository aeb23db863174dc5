import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../store/database/database.ts';
import { Metrics } from './metrics.ts';

/** The longest answer to keep, in characters, so that a full cache does not make tracker.db large. */
const MAX_VALUE = 256 * 1024;

/** How much the cache holds, and for how long. */
export interface CacheStoreOptions {
  /** The most entries that are kept. */
  readonly size: number;
  /** How long an entry is kept, in seconds. */
  readonly ttl: number;
  readonly clock: Clock;
}

/** A cache in tracker.db that all processes share. When it is full, the least recently used entry goes. */
export class CacheStore {
  /** The most entries that are kept. */
  readonly size: number;
  /** How long an entry is kept, in seconds. */
  readonly ttl: number;
  readonly #clock: Clock;
  readonly #metrics: Metrics<'hits' | 'misses'>;
  readonly #transaction: (work: () => void) => void;
  readonly #entry;
  readonly #touch;
  readonly #put;
  readonly #trim;
  readonly #count;
  readonly #clear;
  readonly #expire;
  readonly #fresh;

  constructor(database: Database, { size, ttl, clock }: CacheStoreOptions) {
    this.size = size;
    this.ttl = ttl;
    this.#clock = clock;
    this.#metrics = new Metrics(database, 'cache', clock);
    const transaction = database.transaction((work: () => void) => work());
    this.#transaction = (work) => transaction.immediate(work);
    this.#entry = database.prepare<[string], { value: string; storedAt: number }>(
      'SELECT value, stored_at AS storedAt FROM cache_entries WHERE key = ?',
    );
    this.#touch = database.prepare<[string]>(
      `UPDATE cache_entries SET used = (SELECT max(used) + 1 FROM cache_entries) WHERE key = ?`,
    );
    this.#put = database.prepare<[string, string, number]>(
      `INSERT INTO cache_entries (key, value, stored_at, used)
       VALUES (?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM cache_entries))
       ON CONFLICT (key) DO UPDATE SET
         value = excluded.value, stored_at = excluded.stored_at, used = excluded.used`,
    );
    this.#trim = database.prepare<[number]>(
      `DELETE FROM cache_entries WHERE key IN (
         SELECT key FROM cache_entries ORDER BY used DESC LIMIT -1 OFFSET ?)`,
    );
    this.#count = countQuery(database);
    this.#clear = database.prepare('DELETE FROM cache_entries');
    this.#fresh = database
      .prepare<[number, number], number>(
        'SELECT count(*) FROM cache_entries WHERE stored_at > ? AND stored_at <= ?',
      )
      .pluck();
    // An entry from the future was stored before the clock was set back.
    this.#expire = database.prepare<[number, number]>(
      'DELETE FROM cache_entries WHERE stored_at <= ? OR stored_at > ?',
    );
  }

  /** The number of entries. */
  get length(): number {
    return this.#count.get() ?? 0;
  }

  /** The number of entries that are not too old yet. */
  get fresh(): number {
    const now = this.#clock();
    return this.#fresh.get(now - this.ttl * 1000, now) ?? 0;
  }

  /** The share of look-ups that found an entry, 0 to 1; null before the first look-up. */
  get hitRate(): number | null {
    const hits = this.#metrics.value('hits');
    const all = hits + this.#metrics.value('misses');
    return all === 0 ? null : hits / all;
  }

  /**
   * The value stored under `key`; undefined if it is older than `ttl`, or was stored at or before `since`
   * (milliseconds since 1970 UTC).
   */
  get(key: string, since = 0): string | undefined {
    let value: string | undefined;
    this.#transaction(() => {
      const now = this.#clock();
      const entry = this.#entry.get(key);
      const isGood =
        entry !== undefined &&
        entry.storedAt > since &&
        entry.storedAt <= now &&
        entry.storedAt > now - this.ttl * 1000;
      this.#metrics.add(isGood ? 'hits' : 'misses');
      if (!isGood) return;
      value = entry.value;
      this.#touch.run(key);
    });
    return value;
  }

  /** Stores JSON under `key`; values over 262,144 characters are not kept. */
  set(key: string, value: string): void {
    if (value.length > MAX_VALUE) return;
    this.#transaction(() => {
      this.#put.run(key, value, this.#clock());
      this.#trim.run(this.size);
    });
  }

  /** Removes every entry; returns their number. */
  clear(): number {
    return this.#clear.run().changes;
  }

  /** Removes entries that are too old; returns their number. */
  cleanup(): number {
    const now = this.#clock();
    return this.#expire.run(now - this.ttl * 1000, now).changes;
  }

  /** Sets the counters behind `hitRate` back to 0. */
  resetHitRate(): void {
    this.#metrics.reset();
  }

  /** The figures for `JSON.stringify`, with the same units. */
  toJSON(): {
    size: number;
    entries: number;
    ttl: number;
    hit_rate: number | null;
  } {
    return { size: this.size, entries: this.length, ttl: this.ttl, hit_rate: this.hitRate };
  }
}

/** The number of answers in the cache, for readers. */
export function cachedAnswers(database: Database): number {
  return countQuery(database).get() ?? 0;
}

// --- internal ---

function countQuery(database: Database) {
  return database.prepare<[], number>('SELECT count(*) FROM cache_entries').pluck();
}
