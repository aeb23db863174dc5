import type { ToolCallEnd } from '../../../event/tool-call.ts';
import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import { CHOSEN } from '../forget/selection.ts';
import { prunePayloads } from './payload-pruning.ts';
import { CHUNK_PATTERNS, removeChosenPatterns, startChoice } from './pattern-pruning.ts';

const DAY_MS = 86_400_000;
/** Sessions whose last event is older were closed by earlier runs. */
const ABANDONED_DAYS = 30;
/** Rows changed in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_ROWS = 500;

/**
 * Removes one chunk of the payloads and sightings older than `rawEventsDays`. What was derived from an
 * event stays. `now` is in milliseconds since 1970 UTC. Returns true while there is more to do.
 */
export function pruneChunk(database: Database, now: number, rawEventsDays: number): boolean {
  const limit = now - rawEventsDays * DAY_MS;
  const more = database.transaction(() => {
    const { events, payloads } = prunePayloads(database, limit, CHUNK_ROWS);
    const forgotten = database
      .prepare<[number]>(
        `DELETE FROM sightings WHERE (digest, registration, spool_name) IN (
           SELECT digest, registration, spool_name FROM sightings
           WHERE received_at < ? LIMIT ${CHUNK_ROWS})`,
      )
      .run(limit).changes;
    if (payloads > 0) noteUnwiped(database); // a sighting is a digest
    return events === CHUNK_ROWS || forgotten === CHUNK_ROWS;
  });
  return more.immediate();
}

/**
 * Removes one chunk of the patterns that were last written more than `patternsDays` ago, with their occurrences, and
 * counts them. `now` is in milliseconds since 1970 UTC. Returns true while there is more to do.
 */
export function expireChunk(database: Database, now: number, patternsDays: number): boolean {
  return database
    .transaction(() => {
      startChoice(database);
      database
        .prepare<[number]>(
          `INSERT INTO ${CHOSEN.patterns} SELECT id FROM patterns WHERE last_seen_at < ?
           ORDER BY last_seen_at LIMIT ${CHUNK_PATTERNS}`,
        )
        .run(now - patternsDays * DAY_MS);
      const placed = database
        .prepare<[number]>(
          // What a call moved or copied may have no pattern.
          `DELETE FROM occurrences WHERE at < ? AND authorship != 'authored'
             AND pattern_id NOT IN (SELECT id FROM patterns)`,
        )
        .run(now - patternsDays * DAY_MS).changes;
      const { patterns, states } = removeChosenPatterns(database);
      const counters = new Counters(database);
      counters.add('pruned_occurrences', placed);
      counters.add('expired_patterns', patterns);
      counters.add('expired_states', states);
      return patterns === CHUNK_PATTERNS;
    })
    .immediate();
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
