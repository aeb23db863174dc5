import { hostname } from 'node:os';
import type { Database } from '../../store/database/database.ts';
import { HTTP_SINK } from '../store/outbox.ts';
import { SinkPatterns } from '../store/sink-patterns.ts';
import { SinkState } from '../store/sink-state.ts';
import { OutboxFeed } from './outbox-feed.ts';

/**
 * Notes which server a sink's events go to from now on; true if it was another one before. That one
 * knows of patterns which this one has not been told of: those that the outbox builds on are put ahead
 * of it, and the rest when something comes of them. What waits is due at once, for the new server has
 * refused nothing.
 */
export function adoptServer(
  database: Database,
  sink: string,
  server: string,
  now: number,
): boolean {
  const state = new SinkState(database, sink);
  if (state.read().server === server) return false;
  return database
    .transaction(() => {
      const before = state.read().server;
      state.noteServer(server);
      if (before === null || before === server) return false; // all it knows of is in the outbox
      state.pause(0);
      database
        .prepare('UPDATE outbox SET not_before = 0, faults = 0 WHERE sink = ? AND dead_at IS NULL')
        .run(sink);
      if (sink !== HTTP_SINK) return true; // no other is told of patterns
      new SinkPatterns(database, sink).forget();
      reviveIntroductions(database, sink);
      introduceAhead(database, sink, now);
      return true;
    })
    .immediate();
}

// --- internal ---

interface WaitingRow {
  readonly patternId: string;
  readonly eventType: string;
  /** JSON. */
  readonly parents: string | null;
  readonly isDead: 0 | 1;
}

/** Introductions that the old server has refused: others may need them, and they are made only once. */
function reviveIntroductions(database: Database, sink: string): void {
  database
    .prepare(
      `UPDATE outbox SET dead_at = NULL, not_before = 0, faults = 0
       WHERE sink = ? AND dead_at IS NOT NULL AND event_id = 'pattern-' || pattern_id`,
    )
    .run(sink);
}

/** Tells of what the events in the outbox build on, before all of them. */
function introduceAhead(database: Database, sink: string, now: number): void {
  const feed = new OutboxFeed(database, sink, hostname());
  const told = new SinkPatterns(database, sink);
  const lastId = database.prepare('SELECT max(id) FROM outbox').pluck();
  const last = Number(lastId.get() ?? 0);
  const rows = database
    .prepare<[string], WaitingRow>(
      `SELECT pattern_id AS patternId, event_type AS eventType,
         json_extract(body, '$.parent_pattern_ids') AS parents, dead_at IS NOT NULL AS isDead
       FROM outbox WHERE sink = ? ORDER BY id`,
    )
    .all(sink);
  for (const { patternId, eventType, parents, isDead } of rows) {
    const needed = JSON.parse(parents ?? '[]') as string[];
    if (!MAKES_A_PATTERN.has(eventType)) needed.push(patternId);
    for (const id of needed) feed.introduce(id, [id], now);
    // A dead letter may come back, but until then it tells of nothing.
    if (isDead === 0) told.add(patternId);
  }
  const introduced = Number(lastId.get() ?? 0);
  if (introduced === last) return;
  // Each once more at the end, and by its rank: rows of other sinks, which may be on their way, stay.
  database
    .prepare(
      `WITH ranked AS (
         SELECT id, row_number() OVER (ORDER BY id) AS rank FROM outbox
         WHERE sink = @sink AND id <= @last)
       UPDATE outbox SET id = @introduced + ranked.rank FROM ranked WHERE outbox.id = ranked.id`,
    )
    .run({ introduced, sink, last });
}

/** Events by which the sink comes to know their pattern; all others need it to be known. */
const MAKES_A_PATTERN: ReadonlySet<string> = new Set([
  'pattern_created',
  'pattern_modified',
  'pattern_merged',
  'pattern_forked',
]);
