import { repackedHistory } from '../../../authorship/state/file-state.ts';
import type { Database } from '../../database/database.ts';

/** States repacked at once: few, because each takes some milliseconds. */
const CHUNK_STATES = 8;
/** A larger state stays as it is, in bytes: repacking it would take seconds. */
const MAX_REPACKED = 64 * 1024;

/**
 * Compresses one chunk of the states as well as can be, those first that were untouched for longest. Ingest has no time
 * for that, and a state that is still written to would be compressed in vain. Returns true while there may be more to do.
 *
 * @param before only those that were last touched before this time, in milliseconds since 1970 UTC
 */
export function repackStatesChunk(database: Database, before: number): boolean {
  const states = database
    .prepare<[number], { id: number; history: Uint8Array }>(
      `SELECT id, history FROM file_states WHERE NOT is_repacked AND touched_at < ?
       ORDER BY touched_at LIMIT ${CHUNK_STATES}`,
    )
    .all(before);
  const repacked = states.map(({ id, history }) => ({ id, history, best: smaller(history) }));
  // Another process may have written to a state meanwhile.
  const keep = database.prepare<[Uint8Array, number, Uint8Array]>(
    'UPDATE file_states SET history = ?, is_repacked = 1 WHERE id = ? AND history = ?',
  );
  database
    .transaction(() => {
      for (const { id, history, best } of repacked) keep.run(best, id, history);
    })
    .immediate();
  return states.length === CHUNK_STATES;
}

// --- internal ---

/** What is damaged, and left for `verify` to find, stays as it is, too. */
function smaller(history: Uint8Array): Uint8Array {
  if (history.length > MAX_REPACKED) return history;
  const repacked = repackedHistory(history);
  return repacked !== undefined && repacked.length < history.length ? repacked : history;
}
