import { checkAscent } from '../database/ascent.ts';
import type { Database } from '../database/database.ts';
import { indexLabels } from '../queries/search/index-label.ts';
import { EVENT_COLUMNS, indexRow, SearchableParts } from '../queries/search/searchable.ts';
import type { SearchableEvent, SearchablePart } from '../queries/search/searchable.ts';
import { searchIndexedTo } from '../queries/search/search.ts';
import { FingerprintWriter } from '../writers/fingerprint-writer.ts';

/** Events that are indexed in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_EVENTS = 100;

/** Takes the texts of the next events, and what their code is like, into the indexes; false when these have them all. */
export function indexSearchChunk(database: Database): boolean {
  const next = database.prepare<[number, number], SearchableEvent>(
    `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.id > ? ORDER BY e.id LIMIT ?`,
  );
  if (next.all(searchIndexedTo(database), 1).length === 0) return false;
  return database
    .transaction(() => {
      const before = searchIndexedTo(database);
      const events = next.all(before, CHUNK_EVENTS);
      const rows = new IndexRows(database);
      for (const event of events) rows.add(event);
      rows.labelAgain();
      const last = events.at(-1);
      if (last) {
        checkAscent('events', [before], [last.id]);
        noteIndexedTo(database, last.id);
      }
      return events.length === CHUNK_EVENTS;
    })
    .immediate();
}

/**
 * Empties both indexes, so that nothing is left in them of a text that was erased or changed; the courier fills them
 * again. Call it in the same transaction.
 */
export function clearSearchIndex(database: Database): void {
  database.exec(`INSERT INTO search_index (search_index) VALUES ('delete-all');
    INSERT INTO similar_index (similar_index) VALUES ('delete-all');
    DELETE FROM fingerprints`);
  noteIndexedTo(database, 0);
}

// --- internal ---

function noteIndexedTo(database: Database, id: number): void {
  database.prepare<[number]>('UPDATE search_progress SET indexed_to = ?').run(id);
}

class IndexRows {
  readonly #parts: SearchableParts;
  readonly #fingerprints: FingerprintWriter;
  readonly #insert;
  readonly #isLabelled;
  /** Events of which the code was written again, by another tool or in another language, by the rows of their code. */
  readonly #again = new Map<number, SearchableEvent>();

  constructor(database: Database) {
    this.#parts = new SearchableParts(database);
    this.#fingerprints = new FingerprintWriter(database);
    this.#insert = database.prepare<[number, string]>(
      'INSERT OR REPLACE INTO search_index (rowid, text) VALUES (?, ?)',
    );
    this.#isLabelled = database
      .prepare<[string, number], 1>(
        'SELECT 1 FROM search_index WHERE search_index MATCH ? AND rowid = ?',
      )
      .pluck();
  }

  add(event: SearchableEvent): void {
    for (const part of this.#addCode(event)) {
      const { patternId, text, language } = part;
      if (patternId !== null) this.#fingerprints.add(patternId, text, language ?? '');
    }
    const rest = this.#parts.rest(event);
    if (rest.length > 0) this.#add(indexRow(event, 'rest'), rest);
  }

  /** Once for all events, since FTS5 writes down what it has whenever a row comes before the last one. */
  labelAgain(): void {
    const rows = [...this.#again].toSorted(([one], [other]) => one - other);
    for (const [, event] of rows) this.#addCode(event);
  }

  /** The code that no earlier event wrote. */
  #addCode(event: SearchableEvent): SearchablePart[] {
    const code = this.#parts.code(event).filter((part) => {
      const first = this.#parts.firstEvent(part);
      if (first !== undefined && first.id !== event.id) this.#noteAgain(first, part);
      return first?.id === event.id;
    });
    if (code.length > 0) this.#add(indexRow(event, 'code'), code);
    return code;
  }

  #noteAgain(first: SearchableEvent, part: SearchablePart): void {
    const row = indexRow(first, 'code');
    if (this.#again.has(row)) return;
    const { writtenIn: language, toolName: tool } = part;
    const labels = indexLabels({ language, tool }).map((label) => `"${label}"`);
    if (labels.length === 0 || this.#isLabelled.get(labels.join(' AND '), row) === 1) return;
    this.#again.set(row, first);
  }

  #add(row: number, parts: readonly SearchablePart[]): void {
    const texts = parts.map(({ text }) => text);
    this.#insert.run(row, [[...this.#parts.labels(parts)].join(''), ...texts].join('\n'));
  }
}
