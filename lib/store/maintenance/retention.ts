import type { ToolCallEnd } from '../../event/tool-call.ts';
import type { Database } from '../database/database.ts';

const DAY_MS = 86_400_000;
/** Sessions whose last event is older were closed by earlier runs. */
const ABANDONED_DAYS = 30;
/** Rows changed in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_ROWS = 500;
/** Free pages given back to the file system at a time. */
const VACUUM_PAGES = 2_000;

/**
 * Removes one chunk of the payloads and sightings older than `rawEventsDays`. What was derived from an
 * event stays. `now` is in milliseconds since 1970 UTC. Returns true while there is more to do.
 */
export function pruneChunk(database: Database, now: number, rawEventsDays: number): boolean {
  const limit = now - rawEventsDays * DAY_MS;
  const more = database.transaction(() => {
    const pruned = prunePayloads(database, limit);
    const forgotten = database
      .prepare<[number]>(
        `DELETE FROM sightings WHERE (digest, registration, spool_name) IN (
           SELECT digest, registration, spool_name FROM sightings
           WHERE received_at < ? LIMIT ${CHUNK_ROWS})`,
      )
      .run(limit).changes;
    return pruned === CHUNK_ROWS || forgotten === CHUNK_ROWS;
  });
  if (more.immediate()) return true;
  database.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
  return false;
}

/**
 * Marks calls as interrupted that still run a day after their session's last event: Claude was killed.
 * `onEnded` is called for each of them, in the same transaction.
 */
export function closeAbandonedCalls(
  database: Database,
  now: number,
  onEnded?: (end: ToolCallEnd) => void,
): void {
  const close = database.prepare<[number, number], { sessionId: string; toolUseId: string }>(
    `UPDATE tool_calls SET outcome = 'interrupted', certainty = 1
     WHERE outcome = 'running' AND session_id IN (
       SELECT id FROM sessions WHERE last_event_at BETWEEN ? AND ?)
     RETURNING session_id AS sessionId, tool_use_id AS toolUseId`,
  );
  database
    .transaction(() => {
      const closed = close.all(now - ABANDONED_DAYS * DAY_MS, now - DAY_MS);
      for (const call of closed) onEnded?.({ ...call, at: now, isUpdate: false });
    })
    .immediate();
}

// --- internal ---

const PRUNED_TO = 'payloads_pruned_to';

/**
 * Events are stored in about the order of their time, so pruning goes by id: up to the first event that
 * is not due, from where the last run ended.
 */
function prunePayloads(database: Database, limit: number): number {
  const prunedTo = Number(
    database.prepare<[string]>('SELECT value FROM meta WHERE key = ?').pluck().get(PRUNED_TO) ?? 0,
  );
  const chunk = database
    .prepare<[number], { id: number; received_at: number }>(
      `SELECT id, received_at FROM events WHERE id > ? ORDER BY id LIMIT ${CHUNK_ROWS}`,
    )
    .all(prunedTo);
  const firstKept = chunk.findIndex(({ received_at }) => received_at >= limit);
  const due = firstKept === -1 ? chunk : chunk.slice(0, firstKept);
  const last = due.at(-1);
  if (!last) return 0;
  database
    .prepare<[number, number]>('UPDATE events SET payload = NULL WHERE id > ? AND id <= ?')
    .run(prunedTo, last.id);
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(PRUNED_TO, String(last.id));
  return due.length;
}
