import type { ToolCallEnd } from '../../event/tool-call.ts';
import { Counters } from '../database/counters.ts';
import type { Database } from '../database/database.ts';
import { noteUnwiped } from '../database/meta.ts';
import { usedBytes } from '../database/used-bytes.ts';
import { removePatterns } from './forget/pattern-removal.ts';
import { CHOSEN } from './forget/selection.ts';

const DAY_MS = 86_400_000;
/** Sessions whose last event is older were closed by earlier runs. */
const ABANDONED_DAYS = 30;
/** Rows changed in one transaction: few, so that no other process waits long for the lock. */
const CHUNK_ROWS = 500;
/** Patterns removed in one transaction: each works out lineage again, which takes longer the more are left. */
const CHUNK_PATTERNS = 5_000;

/**
 * Removes one chunk of the payloads and sightings older than `rawEventsDays`. What was derived from an
 * event stays. `now` is in milliseconds since 1970 UTC. Returns true while there is more to do.
 */
export function pruneChunk(database: Database, now: number, rawEventsDays: number): boolean {
  const limit = now - rawEventsDays * DAY_MS;
  const more = database.transaction(() => {
    const { events, payloads } = prunePayloads(database, limit);
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
      const patterns = removeChosenPatterns(database);
      new Counters(database).add('expired_patterns', patterns);
      return patterns === CHUNK_PATTERNS;
    })
    .immediate();
}

/**
 * Removes one chunk of what is oldest and least used while the database is larger than `maxBytes`: payloads first,
 * then patterns that are in no file as it is now, then other patterns, each with its occurrences. They are counted.
 * Returns true while there is more to do.
 */
export function boundChunk(database: Database, maxBytes: number): boolean {
  return database
    .transaction(() => {
      const excess = usedBytes(database) - maxBytes;
      if (excess <= 0) return false;
      const counters = new Counters(database);
      const { events, payloads } = prunePayloads(database, Infinity);
      counters.add('evicted_payloads', payloads);
      if (payloads > 0) noteUnwiped(database);
      if (events > 0) return true;
      const patterns = evictPatterns(database, excess);
      counters.add('evicted_patterns', patterns);
      return patterns > 0; // without patterns, what is left is small: sessions, calls, the outbox
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

// --- internal ---

/** Removes the least useful patterns, until their code makes up `bytes`; returns their number. */
function evictPatterns(database: Database, bytes: number): number {
  startChoice(database);
  database
    .prepare<[number]>(
      `INSERT INTO ${CHOSEN.patterns} SELECT id FROM (
         SELECT id, sum(length(code)) OVER (ORDER BY is_live, occurrences, last_seen_at, id) - length(code) AS before
         FROM (SELECT id, code, occurrences, last_seen_at, id IN (SELECT pattern_id FROM live_fragments) AS is_live
               FROM patterns ORDER BY is_live, occurrences, last_seen_at, id LIMIT ${CHUNK_PATTERNS}))
       WHERE before < ?`,
    )
    .run(bytes);
  return removeChosenPatterns(database);
}

function startChoice(database: Database): void {
  database.exec(`DROP TABLE IF EXISTS ${CHOSEN.patterns};
    CREATE TEMP TABLE forget_patterns (id TEXT PRIMARY KEY) WITHOUT ROWID`);
}

/** Removes the patterns of {@link CHOSEN} with their occurrences; returns their number. */
function removeChosenPatterns(database: Database): number {
  database.exec(`DELETE FROM occurrences WHERE pattern_id IN (SELECT id FROM ${CHOSEN.patterns})`);
  const patterns = removePatterns(database).patternIds.length;
  if (patterns > 0) noteUnwiped(database);
  return patterns;
}

const PRUNED_TO = 'payloads_pruned_to';

/**
 * Events are stored in about the order of their time, so pruning goes by id: up to the first event that
 * is not due, from where the last run ended. Returns how many events were due, and how many of them had a payload.
 */
function prunePayloads(
  database: Database,
  limit: number,
): { readonly events: number; readonly payloads: number } {
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
  if (!last) return { events: 0, payloads: 0 };
  const payloads = clearPayloads(database, prunedTo, last.id);
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(PRUNED_TO, String(last.id));
  return { events: due.length, payloads };
}

/**
 * Removes the payloads of the events after one id, up to another one; returns how many there were. The rows are
 * removed and added again, because SQLite joins pages that have become nearly empty only when it removes rows;
 * otherwise the file would not shrink.
 */
function clearPayloads(database: Database, after: number, upTo: number): number {
  const columns = database
    .prepare<[], string>("SELECT name FROM pragma_table_info('events') WHERE name != 'payload'")
    .pluck()
    .all()
    .map((name) => `"${name}"`)
    .join(', ');
  const range = `id > ${after} AND id <= ${upTo}`;
  const payloads = Number(
    database
      .prepare(`SELECT count(*) FROM events WHERE ${range} AND payload IS NOT NULL`)
      .pluck()
      .get(),
  );
  if (payloads === 0) return 0;
  database.exec(`DROP TABLE IF EXISTS temp.pruned_events;
    CREATE TEMP TABLE pruned_events AS SELECT ${columns} FROM events WHERE ${range};
    DELETE FROM events WHERE ${range};
    INSERT INTO events (${columns}) SELECT ${columns} FROM temp.pruned_events;
    DROP TABLE temp.pruned_events`);
  return payloads;
}
