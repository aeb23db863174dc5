import { errorMessage } from '../../../base/errors.ts';
import type { Database } from '../../../store/database/database.ts';
import { LOOKED_THROUGH } from '../rows/pattern-search.ts';
import type { FoundPattern, SearchQuery } from '../rows/pattern-search.ts';
import { NEWEST_OCCURRENCE, PATTERN_COLUMNS, readPattern } from './queries.ts';
import type { PatternRow } from './queries.ts';

/** Characters of a pattern's code whose words can be found. */
const INDEXED_CHARACTERS = 100_000;

/** Characters that are searched for parts of words: 2,000 patterns of these take some 50 ms. */
const SEARCHED_CHARACTERS = 10_000;

/** The words of names and code. A pattern is found once `index` has come to it. */
export class SqliteSearch {
  readonly #database: Database;
  readonly #next;
  readonly #add;
  readonly #done;
  readonly #waits;

  constructor(database: Database) {
    this.#database = database;
    this.#next = database.prepare<[number], QueuedPattern>(
      `SELECT queue.id AS queueId, p.id, p.name, substr(p.code, 1, ${INDEXED_CHARACTERS}) AS code
       FROM search_queue queue LEFT JOIN patterns p ON p.id = queue.pattern_id
       ORDER BY queue.id DESC LIMIT ?`,
    );
    this.#add = database.prepare<[number, string, string, string]>(
      'INSERT INTO pattern_search (rowid, name, code, pattern_id) VALUES (?, ?, ?, ?)',
    );
    this.#done = database.prepare<[number]>('DELETE FROM search_queue WHERE id = ?');
    this.#waits = database.prepare<[], number>('SELECT 1 FROM search_queue LIMIT 1').pluck();
  }

  /** True when there is something to index. */
  waits(): boolean {
    return this.#waits.get() !== undefined;
  }

  /** Makes the newest `limit` patterns of the queue findable; how many there were. Call in a transaction. */
  index(limit: number): number {
    const rows = this.#next.all(limit);
    for (const { queueId, id, name, code } of rows) {
      if (id !== null && name !== null && code !== null) this.#add.run(queueId, name, code, id);
      this.#done.run(queueId);
    }
    return rows.length;
  }

  /** Latest first: in the order in which they became known. */
  find(query: SearchQuery): FoundPattern[] {
    const words = this.#findWords(query);
    return words.length > 0 ? words : this.#findParts(query);
  }

  #findWords(query: SearchQuery): FoundPattern[] {
    const words = query.words.flatMap((word) => word.normalize().match(WORD) ?? []);
    if (words.length === 0) return [];
    const match = words.map((word) => `"${word}"`).join(' '); // quoted, so that none is an operator
    try {
      return this.#select(
        'pattern_search JOIN patterns p ON p.id = pattern_search.pattern_id',
        ['pattern_search MATCH @match'],
        'pattern_search.rowid DESC',
        query,
        { match },
      );
    } catch (error) {
      // A letter that SQLite's tables do not have parts a word in two, and two are a phrase.
      if (errorMessage(error).includes('phrase queries are not supported')) return [];
      throw error;
    }
  }

  #findParts(query: SearchQuery): FoundPattern[] {
    const parts = query.words.filter((word) => word.trim() !== '');
    if (parts.length === 0) return [];
    // Lowered once a pattern, and not once a pattern and part.
    return this.#select(
      `(SELECT *, lower(name || char(10) || substr(code, 1, ${SEARCHED_CHARACTERS})) AS text
        FROM patterns ORDER BY last_seen_at DESC LIMIT ${LOOKED_THROUGH}) p`,
      parts.map((_, n) => `instr(p.text, lower(@part${n})) > 0`),
      'p.last_seen_at DESC',
      query,
      Object.fromEntries(parts.map((part, n) => [`part${n}`, part])),
    );
  }

  #select(
    from: string,
    found: readonly string[],
    order: string,
    { limit, patternTypes, language, since }: SearchQuery,
    values: Readonly<Record<string, unknown>>,
  ): FoundPattern[] {
    const conditions = [...found];
    if (language !== undefined) conditions.push('p.language = @language');
    if (since !== undefined) conditions.push('p.last_seen_at >= @since');
    if (patternTypes !== undefined) {
      conditions.push('p.pattern_type IN (SELECT value FROM json_each(@patternTypes))');
    }
    return this.#database
      .prepare<[Record<string, unknown>], PatternRow & { readonly head: string }>(
        `SELECT ${PATTERN_COLUMNS}, substr(p.code, 1, 300) AS head FROM ${from} ${NEWEST_OCCURRENCE}
         WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT @limit`,
      )
      .all({
        ...values,
        limit,
        ...(language !== undefined && { language }),
        ...(since !== undefined && { since }),
        ...(patternTypes && { patternTypes: JSON.stringify(patternTypes) }),
      })
      .map(readPattern);
  }
}

// --- internal ---

interface QueuedPattern {
  readonly queueId: number;
  /** Null, as the others, when the pattern is gone. */
  readonly id: string | null;
  readonly name: string | null;
  readonly code: string | null;
}

/** What the tokenizer takes for one word. */
const WORD = /[\p{L}\p{N}\p{Co}_]+/gu;
