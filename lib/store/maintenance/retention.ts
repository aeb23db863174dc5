import type { Database } from '../database/database.ts';
import type { ToolCallFeed } from '../../delivery/sink.ts';

const DAY_MS = 86_400_000;
/** Sessions whose last word is older have been looked at before. */
const ABANDONED_DAYS = 30;
/** Rows changed in one transaction, so that nobody waits long for the lock. */
const CHUNK_ROWS = 500;
/** Free pages handed back to the file system in one go. */
const VACUUM_PAGES = 2_000;

/**
 * Removes one chunk of what is past its time: raw payloads, sightings. What was derived from an
 * event stays. Returns true while there is more to do.
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
 * Calls that still run a day after their session's last word ended with it: Claude was killed. With an
 * `outbox`, they are put there too.
 */
export function closeAbandonedCalls(database: Database, now: number, outbox?: ToolCallFeed): void {
  const close = database.prepare<[number, number], { session: string; toolUse: string }>(
    `UPDATE tool_calls SET outcome = 'interrupted', certainty = 1
     WHERE outcome = 'running' AND session_id IN (
       SELECT id FROM sessions WHERE last_event_at BETWEEN ? AND ?)
     RETURNING session_id AS session, tool_use_id AS toolUse`,
  );
  database
    .transaction(() => {
      const closed = close.all(now - ABANDONED_DAYS * DAY_MS, now - DAY_MS);
      for (const { session, toolUse } of closed) outbox?.add(session, toolUse, now);
    })
    .immediate();
}

// --- internal ---

const PRUNED_TO = 'payloads_pruned_to';

/**
 * Events come in about the order of their time, so the pruned ones are those up to some id: up to the
 * first that is not due.
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
