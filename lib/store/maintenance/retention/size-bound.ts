import { authorsIn } from '../../../authorship/state/erased-text.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import { usedBytes } from '../../database/used-bytes.ts';
import { FileStateRows } from '../states/file-state-rows.ts';
import { CHOSEN } from '../forget/selection.ts';
import { prunePayloads } from './payload-pruning.ts';
import { CHUNK_PATTERNS, removeChosenPatterns, startChoice } from './pattern-pruning.ts';

/**
 * Removes what is oldest and least used while the database is larger than `maxBytes`: payloads first; then patterns
 * of which no line stands in a known file, the least used first, each with its occurrences; then the states of the files
 * that were untouched for longest, after which the patterns in them may go. All of it is counted.
 */
export class SizeBound {
  readonly #database: Database;
  readonly #maxBytes: number;
  #isPrepared = false;

  constructor(database: Database, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
  }

  /** Removes one chunk in a transaction; returns true while there is more to do. @throws SQLite's error */
  chunk(): boolean {
    return this.#database.transaction(() => this.#work()).immediate();
  }

  #work(): boolean {
    const database = this.#database;
    const excess = usedBytes(database) - this.#maxBytes;
    if (excess <= 0) return false;
    const counters = new Counters(database);
    const payloads = prunePayloads(database, {
      limit: Infinity,
      now: Infinity,
      most: CHUNK_EVENTS,
    });
    counters.add('evicted_payloads', payloads);
    if (payloads > 0) {
      noteUnwiped(database);
      return true;
    }
    this.#prepare();
    const removed = this.#evictPatterns(excess);
    counters.add('evicted_patterns', removed.patterns);
    counters.add('evicted_states', removed.states);
    if (removed.patterns > 0) return true;
    const states = this.#evictStates(excess);
    counters.add('evicted_states', states);
    return states > 0; // without patterns, what is left is small: sessions, calls, the outbox
  }

  /** Notes which occurrences have lines in a file, as it is now. */
  #prepare(): void {
    if (this.#isPrepared) return;
    this.#isPrepared = true;
    const database = this.#database;
    database.exec(`DROP TABLE IF EXISTS temp.standing_lines;
      CREATE TEMP TABLE standing_lines (state_id INTEGER, event_id TEXT, ordinal INTEGER);
      CREATE INDEX temp.standing_lines_by_state ON standing_lines(state_id)`);
    const add = database.prepare<[number, string, number]>(
      'INSERT INTO temp.standing_lines VALUES (?, ?, ?)',
    );
    for (const { id, history } of new FileStateRows(database).all()) {
      if (history === undefined) continue;
      for (const author of authorsIn({ last: history.last, past: [] })) {
        const { eventId, ordinal } = occurrenceKey(author);
        add.run(id, eventId, ordinal);
      }
    }
  }

  /** Removes the least useful patterns that stand in no file, until their code makes up `bytes`. */
  #evictPatterns(bytes: number) {
    const database = this.#database;
    startChoice(database);
    database
      .prepare<[number]>(
        `INSERT INTO ${CHOSEN.patterns} SELECT id FROM (
           SELECT id, sum(length(code)) OVER (ORDER BY occurrences, last_seen_at, id) - length(code) AS before
           FROM (SELECT id, code, occurrences, last_seen_at FROM patterns
                 WHERE id NOT IN (SELECT pattern_id FROM occurrences own
                   JOIN temp.standing_lines line USING (event_id, ordinal))
                 ORDER BY occurrences, last_seen_at, id LIMIT ${CHUNK_PATTERNS}))
         WHERE before < ?`,
      )
      .run(bytes);
    return removeChosenPatterns(database);
  }

  /**
   * Removes the states of the files that were untouched for longest, until they make up `bytes`, together with the code
   * that may go then; returns their number.
   */
  #evictStates(bytes: number): number {
    const database = this.#database;
    const ids = database
      .prepare<[number], number>(
        `SELECT id FROM (
           SELECT id, sum(size) OVER (ORDER BY touched_at, id) - size AS before
           FROM (SELECT id, touched_at, length(history) + length(noted_lines) + coalesce((
                   SELECT sum(length(code)) FROM temp.standing_lines line
                   JOIN occurrences own USING (event_id, ordinal) JOIN patterns ON patterns.id = own.pattern_id
                   WHERE line.state_id = file_states.id), 0) AS size
                 FROM file_states ORDER BY touched_at, id LIMIT ${CHUNK_STATES}))
         WHERE before < ?`,
      )
      .pluck()
      .all(bytes);
    const rows = new FileStateRows(database);
    const free = database.prepare<[number]>('DELETE FROM temp.standing_lines WHERE state_id = ?');
    for (const id of ids) {
      rows.drop(id);
      free.run(id);
    }
    if (ids.length > 0) noteUnwiped(database);
    return ids.length;
  }
}

// --- internal ---

/** Events looked at in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_EVENTS = 500;
/** States removed in one transaction; the patterns that stood in them only go before the next ones. */
const CHUNK_STATES = 500;
