import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import { removeParents, removePatterns } from '../forget/pattern-removal.ts';
import { FileStateRows } from '../states/file-state-rows.ts';
import { CHOSEN } from '../forget/selection.ts';

/** Patterns removed in one transaction: each works out lineage again, which takes longer the more are left. */
export const CHUNK_PATTERNS = 5_000;

/** What went with {@link removeChosenPatterns}. */
export interface PrunedPatterns {
  readonly patterns: number;
  /** States of files that no occurrence is left of. */
  readonly states: number;
}

/** Makes the empty table that {@link removeChosenPatterns} reads. */
export function startChoice(database: Database): void {
  database.exec(`DROP TABLE IF EXISTS ${CHOSEN.patterns};
    CREATE TEMP TABLE forget_patterns (id TEXT PRIMARY KEY) WITHOUT ROWID`);
}

/**
 * Removes the patterns of {@link CHOSEN} with their occurrences, and with the states of files that no occurrence is left
 * of. Other states go on to name an occurrence that is gone: that Claude wrote the line is still true. Call it in a
 * transaction.
 */
export function removeChosenPatterns(database: Database): PrunedPatterns {
  const chosen = `pattern_id IN (SELECT id FROM ${CHOSEN.patterns})`;
  database.exec(`DROP TABLE IF EXISTS temp.pruned_occurrences;
    CREATE TEMP TABLE pruned_occurrences AS
      SELECT event_id, ordinal, file_path FROM occurrences WHERE ${chosen};
    DELETE FROM occurrences WHERE ${chosen}`);
  const occurrences = Number(
    database.prepare('SELECT count(*) FROM temp.pruned_occurrences').pluck().get(),
  );
  const states = database
    .prepare<[], number>(
      `SELECT id FROM file_states WHERE file_path IN (SELECT file_path FROM temp.pruned_occurrences)
         AND NOT EXISTS (SELECT 1 FROM occurrences own WHERE own.file_path = file_states.file_path)`,
    )
    .pluck()
    .all();
  const rows = new FileStateRows(database);
  for (const id of states) rows.drop(id);
  removeParents(database, 'temp.pruned_occurrences');
  database.exec('DROP TABLE temp.pruned_occurrences');
  new Counters(database).add('pruned_occurrences', occurrences);
  const patterns = removePatterns(database).length;
  if (patterns > 0) noteUnwiped(database);
  return { patterns, states: states.length };
}
