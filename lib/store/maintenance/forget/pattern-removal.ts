import { basename } from 'node:path';
import { NO_ORDINAL } from '../../../pattern/occurrence-key.ts';
import type { Database } from '../../database/database.ts';
import { mendDescent } from '../descent-check.ts';
import { CHOSEN } from './selection.ts';

/**
 * Removes the patterns of {@link CHOSEN} that no occurrence is left of, and tells the others' origins from the
 * occurrences that are left. Returns the ids of those that were removed.
 */
export function removePatterns(database: Database): readonly string[] {
  const gone = `SELECT id FROM ${GONE}`;
  database.exec(`DROP TABLE IF EXISTS ${GONE};
    CREATE TEMP TABLE forget_gone AS SELECT id FROM ${CHOSEN.patterns} chosen
    WHERE NOT EXISTS (SELECT 1 FROM occurrences own WHERE own.pattern_id = chosen.id AND ${AUTHORED});
    DELETE FROM ${CHOSEN.patterns} WHERE id IN (${gone})`);
  const patternIds = database.prepare<[], string>(gone).pluck().all();
  if (patternIds.length > 0) {
    database.exec(`
      DELETE FROM lineage_edges WHERE child_id IN (${gone}) OR parent_id IN (${gone});
      DELETE FROM pending_edges WHERE child_id IN (${gone}) OR parent_id IN (${gone});
      UPDATE occurrences SET replaced_id = ${LARGEST_PARENT} WHERE replaced_id IN (${gone});
      DELETE FROM pattern_versions WHERE pattern_id IN (${gone});
      DELETE FROM deprecations WHERE pattern_id IN (${gone});
      DELETE FROM lineage_events WHERE pattern_id IN (${gone});
      DELETE FROM feedback WHERE pattern_id IN (${gone});
      DELETE FROM applied_improvements WHERE pattern_id IN (${gone});
      DELETE FROM patterns WHERE id IN (${gone})`);
    emptyIndex(database);
  }
  const kept = database.prepare<[], string>(`SELECT id FROM ${CHOSEN.patterns}`).pluck().all();
  retellOrigins(database, kept);
  mendDescent(database);
  return patternIds;
}

/**
 * Removes occurrences that are gone from among the parents of others, and their own parents.
 *
 * @param table has their `event_id` and `ordinal`
 */
export function removeParents(database: Database, table: string): void {
  const gone = `SELECT event_id, ordinal FROM ${table}`;
  database.exec(`DELETE FROM occurrence_parents
    WHERE (event_id, ordinal) IN (${gone}) OR (parent_event_id, parent_ordinal) IN (${gone})`);
}

/**
 * Empties the full-text index, and with it that of similar code, which cannot remove single patterns without a trace. It fills again from the
 * queue at the next search of the service.
 */
export function emptyIndex(database: Database): void {
  const isUsed = database.prepare('SELECT 1 FROM pattern_search LIMIT 1').get() !== undefined;
  if (!isUsed) {
    database.exec('DELETE FROM search_queue WHERE pattern_id NOT IN (SELECT id FROM patterns)');
    return;
  }
  database.exec(`
    INSERT INTO pattern_search (pattern_search) VALUES ('delete-all');
    INSERT INTO similar_index (similar_index) VALUES ('delete-all');
    DELETE FROM fingerprints;
    DELETE FROM search_queue;
    INSERT INTO search_queue (pattern_id) SELECT id FROM patterns ORDER BY last_seen_at`);
}

// --- internal ---

const GONE = 'temp.forget_gone';

/** Only who wrote the code uses a pattern. */
const AUTHORED = "own.authorship = 'authored'";

/** The pattern of the parent with the largest share that is left. */
const LARGEST_PARENT = `(SELECT parent.pattern_id FROM occurrence_parents link
  JOIN occurrences parent ON parent.event_id = link.parent_event_id AND parent.ordinal = link.parent_ordinal
  WHERE link.event_id = occurrences.event_id AND link.ordinal = occurrences.ordinal
    AND parent.pattern_id != occurrences.pattern_id
  ORDER BY link.position LIMIT 1)`;

interface LeftOccurrence {
  readonly eventId: string;
  readonly ordinal: number;
  readonly replacedId: string | null;
  readonly filePath: string;
  readonly language: string;
  readonly at: number;
}

/** Counts patterns again that lost occurrences; if one lost its origin, the earliest that is left becomes it. */
function retellOrigins(database: Database, patternIds: readonly string[]): void {
  const count = database.prepare<[string, string]>(
    `UPDATE patterns SET occurrences = seen.count, first_seen_at = seen.first, last_seen_at = seen.last
     FROM (SELECT count(*) AS count, min(at) AS first, max(at) AS last FROM occurrences own WHERE pattern_id = ? AND ${AUTHORED}) seen
     WHERE id = ?`,
  );
  const hasOrigin = database.prepare<[string]>(
    "SELECT 1 FROM occurrences WHERE pattern_id = ? AND action != 'applied'",
  );
  const earliest = database.prepare<[string], LeftOccurrence>(
    // An application that a client of the service reported does not tell how a pattern came to be.
    `SELECT event_id AS eventId, ordinal, replaced_id AS replacedId, file_path AS filePath, language, at
     FROM occurrences own WHERE pattern_id = ? AND ${AUTHORED}
     ORDER BY EXISTS (SELECT 1 FROM lineage_events WHERE event_type = 'pattern_applied'
         AND event_id IN (own.event_id, own.event_id || '-' || own.ordinal)), at, event_id DESC, ordinal
     LIMIT 1`,
  );
  const describe = database.prepare<[string, string, number, string, string]>(
    'UPDATE patterns SET name = ?, language = ?, origin_at = ?, origin_key = ? WHERE id = ?',
  );
  const dropEdges = database.prepare<[string]>(
    'DELETE FROM lineage_edges WHERE child_id = ? AND position >= 0',
  );
  const dropPending = database.prepare<[string]>('DELETE FROM pending_edges WHERE child_id = ?');
  const parents = database
    .prepare<[string, number], string>(
      `SELECT parent.pattern_id FROM occurrence_parents link
       JOIN occurrences parent ON parent.event_id = link.parent_event_id AND parent.ordinal = link.parent_ordinal
       WHERE link.event_id = ? AND link.ordinal = ? ORDER BY link.position`,
    )
    .pluck();
  const claim = database.prepare<[string, string, number, number]>(
    `INSERT INTO pending_edges (child_id, parent_id, edge_type, created_at, position)
     VALUES (?, ?, 'modified_from', ?, ?)`,
  );
  const promote = database.prepare<[string, string, number]>(
    `UPDATE occurrences SET action = (SELECT origin FROM patterns WHERE id = ?)
     WHERE event_id = ? AND ordinal = ?`,
  );
  for (const id of patternIds) {
    count.run(id, id);
    if (hasOrigin.get(id) !== undefined) continue;
    const origin = earliest.get(id);
    if (!origin) continue;
    const { eventId, ordinal, replacedId, filePath, language, at } = origin;
    const key = ordinal === NO_ORDINAL ? eventId : `${eventId}-${ordinal}`;
    describe.run(basename(filePath), language, at, key, id);
    dropEdges.run(id);
    dropPending.run(id);
    // `mendDescent` judges them.
    const claimed = new Set([
      ...(replacedId === null ? [] : [replacedId]),
      ...parents.all(eventId, ordinal),
    ]);
    claimed.delete(id);
    for (const [position, parentId] of [...claimed].entries())
      claim.run(id, parentId, at, position);
    promote.run(id, eventId, ordinal);
  }
}
