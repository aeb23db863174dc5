import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../store/database/database.ts';
import { Metrics } from './metrics.ts';

/** Longer answers are not kept, in characters: 1000 of them would make a large file. */
const MAX_VALUE = 256 * 1024;

export interface CacheStoreOptions {
  /** Entries kept at most. */
  readonly size: number;
  /** Seconds that an entry is kept. */
  readonly ttl: number;
  readonly clock: Clock;
}

/** A cache in tracker.db that every process shares. The entry that was used least recently goes first. */
export class CacheStore {
  /** Entries kept at most. */
  readonly size: number;
  /** Seconds that an entry is kept. */
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

  constructor(database: Database, { size, ttl, clock }: CacheStoreOptions) {
    this.size = size;
    this.ttl = ttl;
    this.#clock = clock;
    this.#metrics = new Metrics(database, 'cache');
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
    // One from the future was stored before the clock was set back.
    this.#expire = database.prepare<[number, number]>(
      'DELETE FROM cache_entries WHERE stored_at <= ? OR stored_at > ?',
    );
  }

  /** Entries there are now. */
  get length(): number {
    return this.#count.get() ?? 0;
  }

  /** The share of look-ups that found what they wanted, 0 to 1; null before the first. */
  get hitRate(): number | null {
    const hits = this.#metrics.value('hits');
    const all = hits + this.#metrics.value('misses');
    return all === 0 ? null : hits / all;
  }

  /** What was stored under `key`, if that was after `since` and not too long ago. */
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

  /** Stores JSON under `key`; what is too long to be kept is left out. */
  set(key: string, value: string): void {
    if (value.length > MAX_VALUE) return;
    this.#transaction(() => {
      this.#put.run(key, value, this.#clock());
      this.#trim.run(this.size);
    });
  }

  /** Drops every entry; how many there were. */
  clear(): number {
    return this.#clear.run().changes;
  }

  /** Drops what is too old; how many that were. */
  cleanup(): number {
    const now = this.#clock();
    return this.#expire.run(now - this.ttl * 1000, now).changes;
  }

  /** Forgets how often it was asked. */
  resetHitRate(): void {
    this.#metrics.reset();
  }

  toJSON(): {
    size: number;
    entries: number;
    ttl: number;
    hit_rate: number | null;
  } {
    return { size: this.size, entries: this.length, ttl: this.ttl, hit_rate: this.hitRate };
  }
}

/** How many answers the cache holds, for who only looks. */
export function cachedAnswers(database: Database): number {
  return countQuery(database).get() ?? 0;
}

// --- internal ---

function countQuery(database: Database) {
  return database.prepare<[], number>('SELECT count(*) FROM cache_entries').pluck();
}
