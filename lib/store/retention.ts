import type { Database } from './database.ts';

const DAY_MS = 86_400_000;
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
  const pruned = database
    .prepare<[number]>(
      `UPDATE events SET payload = NULL WHERE id IN (
         SELECT id FROM events WHERE payload IS NOT NULL AND received_at < ? LIMIT ${CHUNK_ROWS})`,
    )
    .run(limit).changes;
  const forgotten = database
    .prepare<[number]>(
      `DELETE FROM sightings WHERE (digest, registration, spool_name) IN (
         SELECT digest, registration, spool_name FROM sightings
         WHERE received_at < ? LIMIT ${CHUNK_ROWS})`,
    )
    .run(limit).changes;
  if (pruned === CHUNK_ROWS || forgotten === CHUNK_ROWS) return true;
  database.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
  return false;
}

/** Calls that still run a day after their session's last word ended with it: Claude was killed. */
export function closeAbandonedCalls(database: Database, now: number): void {
  database
    .prepare<[number]>(
      `UPDATE tool_calls SET outcome = 'interrupted', certainty = 1
       WHERE outcome = 'running' AND session_id IN (
         SELECT id FROM sessions WHERE last_event_at < ?)`,
    )
    .run(now - DAY_MS);
}
