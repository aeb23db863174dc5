import { openDatabase } from '../../../lib/store/database/database.ts';
import { ScaleRows } from './scale-rows.ts';
import type { ScalePattern } from './scale-rows.ts';

/** Creates a database with this number of patterns by plain SQL, and returns their ids. */
export function fillSqlite(path: string, patterns: number): string[] {
  const database = openDatabase(path);
  // Nothing here needs to survive a crash.
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -2000000');
  const addPattern = database.prepare(
    `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
       occurrences, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addEdge = database.prepare(
    `INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at)
     VALUES (?, ?, 'modified_from', ?)`,
  );
  const addOccurrence = database.prepare(
    `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name,
       file_path, language, at) VALUES (?, 0, ?, ?, ?, 'Write', ?, ?, ?)`,
  );
  const index = database.prepare(
    'INSERT INTO pattern_search (name, code, pattern_id) VALUES (?, ?, ?)',
  );
  const rows = new ScaleRows();
  const ids: string[] = [];
  const fill = database.transaction((count: number) => {
    for (let n = 0; n < count; n++) {
      const { pattern, occurrences } = rows.next();
      addPattern.run(...patternColumns(pattern, occurrences.length));
      index.run(pattern.name, pattern.code, pattern.id);
      if (pattern.parentId) addEdge.run(pattern.id, pattern.parentId, pattern.firstSeenAt);
      for (const { eventId, action, sessionId, filePath, language, at } of occurrences) {
        addOccurrence.run(eventId, pattern.id, action, sessionId, filePath, language, at);
      }
      ids.push(pattern.id);
    }
    database.exec('DELETE FROM search_queue');
  });
  for (let left = patterns; left > 0; left -= ROWS_AT_ONCE) fill(Math.min(left, ROWS_AT_ONCE));
  database.pragma('journal_mode = WAL');
  database.close();
  return ids;
}

// --- internal ---

const ROWS_AT_ONCE = 10_000;

function patternColumns(pattern: ScalePattern, occurrences: number) {
  const { id, name, code, language, generation, lineageId, parentId } = pattern;
  const lines = code.split('\n').length - 1;
  const origin = parentId ? 'modified' : 'created';
  const { firstSeenAt, lastSeenAt } = pattern;
  const known = [id, name, code, language, lines, origin, generation, lineageId];
  return [...known, occurrences, firstSeenAt, lastSeenAt];
}
