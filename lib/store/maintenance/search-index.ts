import type { Database } from '../database/database.ts';
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
      const events = next.all(searchIndexedTo(database), CHUNK_EVENTS);
      const parts = new SearchableParts(database);
      const fingerprints = new FingerprintWriter(database);
      const insert = database.prepare<[number, string]>(
        'INSERT OR REPLACE INTO search_index (rowid, text) VALUES (?, ?)',
      );
      for (const event of events) {
        const code = parts.code(event).filter((part) => parts.isFirst(event, part));
        if (code.length > 0) insert.run(indexRow(event, 'code'), textOf(code));
        for (const { patternId, text, language } of code)
          if (patternId !== null) fingerprints.add(patternId, text, language ?? '');
        const rest = parts.rest(event);
        if (rest.length > 0) insert.run(indexRow(event, 'rest'), textOf(rest));
      }
      const last = events.at(-1);
      if (last) noteIndexedTo(database, last.id);
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

function textOf(parts: readonly SearchablePart[]): string {
  return parts.map(({ text }) => text).join('\n');
}
