import type { Json, JsonObject } from '../../base/json.ts';
import { asArray, asString, isJsonObject } from '../../base/json.ts';
import type { Database } from '../../store/database/database.ts';
import { dropRows } from './outbox-rows.ts';
import { toolCallEventId } from './tool-call-outbox.ts';

/** What was removed from the other tables of tracker.db. */
export interface ForgottenKeys {
  readonly patternIds: readonly string[];
  /** Ids of lineage events, as sinks know them. */
  readonly eventIds: readonly string[];
  readonly calls: readonly { readonly sessionId: string; readonly toolUseId: string }[];
  /** Sessions of which nothing is left. */
  readonly sessionIds: readonly string[];
  /** Tells whether a text names a session or a project that is forgotten as a whole. */
  readonly names: (text: string) => boolean;
  /** Tells whether another text has to go, too. */
  readonly holds: ((text: string) => boolean) | undefined;
}

/**
 * Removes the rows of the outbox that are about something forgotten, dead letters included, and its patterns
 * from the parents that other rows name. What a server said of it goes, too, and an alert that repeats that. Returns the number of removed rows. Call it in a transaction.
 */
export function removeForgottenRows(database: Database, keys: ForgottenKeys): number {
  const { patternIds, eventIds, calls, sessionIds, names, holds } = keys;
  database.function('outbox_holds', { deterministic: true }, (text: unknown) =>
    holds !== undefined && typeof text === 'string' && holds(text) ? 1 : 0,
  );
  database.function('outbox_names', { deterministic: true }, (text: unknown) =>
    typeof text === 'string' && names(text) ? 1 : 0,
  );
  const callIds = calls.map(({ sessionId, toolUseId }) => toolCallEventId(sessionId, toolUseId));
  const ids = database
    .prepare<[Record<string, string>], number>(
      `SELECT id FROM outbox WHERE pattern_id IN (SELECT value FROM json_each(@patterns))
         OR event_id IN (SELECT value FROM json_each(@events))
         OR session_id IN (SELECT value FROM json_each(@sessions))
         OR outbox_holds(body) OR outbox_holds(last_error)
         OR (pattern_id = '' AND session_id IS NULL AND outbox_names(body))`,
    )
    .pluck()
    .all({
      patterns: JSON.stringify(patternIds),
      events: JSON.stringify([...eventIds, ...callIds]),
      sessions: JSON.stringify(sessionIds),
    });
  let removed = 0;
  for (let at = 0; at < ids.length; at += CHUNK_ROWS) {
    removed += dropRows(database, { ids: ids.slice(at, at + CHUNK_ROWS), limit: -1 });
  }
  database.exec('UPDATE outbox SET last_error = NULL WHERE outbox_names(last_error)');
  if (patternIds.length > 0) dropParents(database, new Set(patternIds));
  return removed;
}

// --- internal ---

/** Rows named in one statement. */
const CHUNK_ROWS = 10_000;

/** The event of a pattern without parents. */
const ROOT_EVENT = 'pattern_created';

/** A server that does not know a parent refuses its child. */
function dropParents(database: Database, gone: ReadonlySet<string>): void {
  const rows = database
    .prepare<[string], { id: number; body: string }>(
      `SELECT id, body FROM outbox WHERE EXISTS (
         SELECT 1 FROM json_each(body, '$.parent_pattern_ids') WHERE value IN (SELECT value FROM json_each(?)))`,
    )
    .all(JSON.stringify([...gone]));
  const write = database.prepare<[string, string, number]>(
    'UPDATE outbox SET body = ?, event_type = ? WHERE id = ?',
  );
  for (const { id, body } of rows) {
    const event: unknown = JSON.parse(body);
    if (!isJsonObject(event)) continue;
    const left = asArray(event['parent_pattern_ids']).filter(
      (parent: Json) => !gone.has(asString(parent) ?? ''),
    );
    const { edge_type: _edge, transformation_type: _transformation, ...rest } = event;
    const next: JsonObject =
      left.length > 0
        ? { ...event, parent_pattern_ids: left }
        : { ...rest, event_type: ROOT_EVENT, parent_pattern_ids: [] };
    write.run(JSON.stringify(next), asString(next['event_type']) ?? ROOT_EVENT, id);
  }
  database
    .prepare<[string]>(
      `UPDATE outbox SET lineage_id =
         coalesce((SELECT lineage_id FROM patterns WHERE id = outbox.pattern_id), pattern_id)
       WHERE lineage_id IN (SELECT value FROM json_each(?))`,
    )
    .run(JSON.stringify([...gone]));
}
