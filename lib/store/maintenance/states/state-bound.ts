import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import { notedLinesIn } from '../../writers/authorship/stored-state.ts';
import type { StateColumns } from '../../writers/authorship/stored-state.ts';
import { noteStatesChanged } from '../../writers/authorship/states-revision.ts';

/** What the states of all files take at most, in bytes. */
export const MAX_STATES_BYTES = 256 * 1024 * 1024;
/** Lines of one project that are kept to be found again, at least. */
export const MAX_PROJECT_LINES = 50_000;

/** What a noted line takes at most, with its part of its author's number; rarely more than four bytes. */
const LINE_BYTES = 5;
/** Files changed in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_FILES = 500;

/** The bounds of what is known of files; see {@link MAX_STATES_BYTES}, {@link MAX_PROJECT_LINES}. */
export interface StateBounds {
  readonly bytes: number;
  readonly lines: number;
}

/**
 * Removes one chunk of the states, and of the lines noted in them, that are beyond the bounds, those of the files
 * untouched for longest first, and counts them. Returns true while there is more to do.
 */
export function boundStatesChunk(
  database: Database,
  bounds: StateBounds = { bytes: MAX_STATES_BYTES, lines: MAX_PROJECT_LINES },
): boolean {
  return database
    .transaction(() => {
      const states = dropStates(database, bounds.bytes);
      const files = dropLines(database, bounds.lines * LINE_BYTES);
      if (states > 0 || files > 0) {
        noteUnwiped(database);
        noteStatesChanged(database);
      }
      return states === CHUNK_FILES || files === CHUNK_FILES;
    })
    .immediate();
}

// --- internal ---

/** Sums go from the newest on; what is beyond the bound goes, the oldest first. */
function dropStates(database: Database, bytes: number): number {
  const { changes } = database
    .prepare<[number]>(
      `DELETE FROM file_states WHERE id IN (
         SELECT id FROM (
           SELECT id, touched_at, sum(length(history) + length(noted_lines))
             OVER (ORDER BY touched_at DESC, id DESC) AS total FROM file_states)
         WHERE total > ? ORDER BY touched_at, id LIMIT ${CHUNK_FILES})`,
    )
    .run(bytes);
  new Counters(database).add('dropped_states', changes);
  return changes;
}

function dropLines(database: Database, bytes: number): number {
  const files = database
    .prepare<[number], StateColumns & { readonly id: number }>(
      `SELECT id, history, noted_lines AS notedLines FROM file_states WHERE id IN (
         SELECT id FROM (
           SELECT id, touched_at, sum(length(noted_lines))
             OVER (PARTITION BY project_id ORDER BY touched_at DESC, id DESC) AS total FROM file_states
           WHERE length(noted_lines) > 0)
         WHERE total > ? ORDER BY touched_at, id LIMIT ${CHUNK_FILES})`,
    )
    .all(bytes);
  const clear = database.prepare<[number]>("UPDATE file_states SET noted_lines = x'' WHERE id = ?");
  const counters = new Counters(database);
  for (const { id, ...columns } of files) {
    clear.run(id);
    counters.add('dropped_lines', notedLinesIn(columns)?.size ?? 0);
  }
  return files.length;
}
