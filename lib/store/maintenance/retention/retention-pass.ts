import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import { CHOSEN } from '../forget/selection.ts';
import { countPayloads, earliestPossible, prunePayloads } from './payload-pruning.ts';
import { CHUNK_PATTERNS, removeChosenPatterns, startChoice } from './pattern-pruning.ts';

const DAY_MS = 86_400_000;
/** Rows changed in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_ROWS = 500;
/**
 * Which part of what is there goes in one pass, at most. Where the courier runs daily, an hour's pass finds a
 * thousandth of it due. More is due after a long absence, for which a few hours more do not matter, or while the
 * machine's clock is ahead, which may be over in an hour.
 */
const SHARE = 0.25;
/** How long after the last event the clock is believed, in milliseconds: a hook, which starts the courier, brings one. */
const CREDIBLE_MS = 3 * DAY_MS;

/** What is kept for how long, by the configuration; `now` is in milliseconds since 1970 UTC. */
export interface RetentionPassOptions {
  readonly now: number;
  /** Days after which payloads and sightings go. What was derived from an event stays. */
  readonly raw_events_days: number;
  /** Days without a write after which patterns go, with their occurrences; null: never. */
  readonly patterns_days: number | null;
}

/** How much a pass has removed. */
export interface RemovedByAge {
  readonly payloads: number;
  readonly sightings: number;
  readonly patterns: number;
}

/** One pass over what is kept by its age: it removes what is due, but at most a quarter of what is there. */
export class RetentionPass {
  readonly #database: Database;
  readonly #options: RetentionPassOptions;
  /** True if `now` can be so: no retention runs on a clock that is far ahead of all that was recorded. */
  readonly isPossible: boolean;
  /** What may still go. */
  #left: Record<keyof RemovedByAge, number> | undefined;
  #removed = { payloads: 0, sightings: 0, patterns: 0 };

  constructor(database: Database, options: RetentionPassOptions) {
    this.#database = database;
    this.#options = options;
    const last = database
      .prepare<[number], number | null>(
        'SELECT max(received_at) FROM events WHERE received_at <= ?',
      )
      .pluck()
      .get(options.now);
    this.isPossible = typeof last === 'number' && options.now - last <= CREDIBLE_MS;
  }

  /** True if something was recorded, and yet `now` cannot be right. */
  get isClockOdd(): boolean {
    return (
      !this.isPossible && this.#database.prepare('SELECT 1 FROM events LIMIT 1').get() !== undefined
    );
  }

  get removed(): RemovedByAge {
    return this.#removed;
  }

  /** True if more may be due, which the next pass removes. */
  get isCut(): boolean {
    return this.#left !== undefined && Object.values(this.#left).some((left) => left <= 0);
  }

  /** Removes one chunk in a transaction, and counts it; returns true while there is more to do. @throws SQLite's error */
  chunk(): boolean {
    if (!this.isPossible) return false;
    return this.#database
      .transaction(() => {
        const left = (this.#left ??= this.#shares());
        const removed = [this.#prune(left), this.#forgetSightings(left), this.#expire(left)];
        return removed.includes(true);
      })
      .immediate();
  }

  #shares(): Record<keyof RemovedByAge, number> {
    const count = (table: string) =>
      Number(this.#database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    const share = (whole: number) => Math.ceil(whole * SHARE);
    return {
      payloads: share(countPayloads(this.#database)),
      sightings: share(count('sightings')),
      patterns: share(count('patterns')),
    };
  }

  #prune(left: Record<keyof RemovedByAge, number>): boolean {
    const most = Math.min(CHUNK_ROWS, left.payloads);
    if (most <= 0) return false;
    const { now, raw_events_days } = this.#options;
    const limit = now - raw_events_days * DAY_MS;
    const payloads = prunePayloads(this.#database, { limit, now, most });
    left.payloads -= payloads;
    this.#removed.payloads += payloads;
    if (payloads > 0) noteUnwiped(this.#database);
    return payloads >= most && left.payloads > 0;
  }

  #forgetSightings(left: Record<keyof RemovedByAge, number>): boolean {
    const most = Math.min(CHUNK_ROWS, left.sightings);
    if (most <= 0) return false;
    const forgotten = this.#database
      .prepare<[number]>(
        `DELETE FROM sightings WHERE (digest, registration, spool_name) IN (
           SELECT digest, registration, spool_name FROM sightings
           WHERE received_at < ? ORDER BY received_at LIMIT ${most})`,
      )
      .run(this.#options.now - this.#options.raw_events_days * DAY_MS).changes;
    left.sightings -= forgotten; // each is a digest, of which nothing has to be wiped
    this.#removed.sightings += forgotten;
    return forgotten === most && left.sightings > 0;
  }

  #expire(left: Record<keyof RemovedByAge, number>): boolean {
    const most = Math.min(CHUNK_PATTERNS, left.patterns);
    const { now, patterns_days } = this.#options;
    if (most <= 0 || patterns_days === null) return false;
    const database = this.#database;
    const limit = now - patterns_days * DAY_MS;
    startChoice(database);
    database
      .prepare<[number, number]>(
        `INSERT INTO ${CHOSEN.patterns} SELECT id FROM patterns WHERE last_seen_at >= ? AND last_seen_at < ?
         ORDER BY last_seen_at LIMIT ${most}`,
      )
      .run(earliestPossible(now), limit);
    const placed = database
      .prepare<[number]>(
        // What a call moved or copied may have no pattern.
        `DELETE FROM occurrences WHERE at < ? AND authorship != 'authored'
           AND pattern_id NOT IN (SELECT id FROM patterns)`,
      )
      .run(limit).changes;
    const { patterns, states } = removeChosenPatterns(database);
    const counters = new Counters(database);
    counters.add('pruned_occurrences', placed);
    counters.add('expired_patterns', patterns);
    counters.add('expired_states', states);
    left.patterns -= patterns;
    this.#removed.patterns += patterns;
    return patterns === most && left.patterns > 0;
  }
}
