import { hostname } from 'node:os';
import type { Database } from '../../store/database/database.ts';
import { ERASURE_EVENT } from '../store/outbox-pass.ts';
import { IntroductionRows } from '../store/introduction-rows.ts';
import { SinkPatterns } from '../store/sink-patterns.ts';
import { LineageFeed } from './lineage-feed.ts';

/**
 * Prepares the outbox for a new server, which knows no pattern yet: the patterns that waiting events build on
 * are put ahead of them, and all others are sent once a later event needs them. Call it in a transaction.
 * `now` is in milliseconds since 1970 UTC.
 */
export function retellPatterns(database: Database, sink: string, now: number): void {
  new SinkPatterns(database, sink).forget();
  const rows = new IntroductionRows(database, sink);
  // The old server refused these introductions. Other events may need them, and none is ever added twice.
  rows.reviveDead();
  introducePatterns(database, sink, now);
}

/**
 * Puts ahead of the waiting events the patterns that they build on and that the server does not know. Call it in
 * a transaction. `now` is in milliseconds since 1970 UTC.
 */
export function introducePatterns(database: Database, sink: string, now: number): void {
  const told = new SinkPatterns(database, sink);
  const rows = new IntroductionRows(database, sink);
  const feed = new LineageFeed(database, sink, hostname());
  rows.putAhead(() => {
    for (const { patternId, eventType, parentIds, isDead } of rows.all()) {
      if (eventType === ERASURE_EVENT) continue; // it needs no pattern, and makes none known
      const needed = MAKES_A_PATTERN.has(eventType) ? parentIds : [...parentIds, patternId];
      for (const id of needed) feed.introduce(id, [id], now);
      // A dead letter is not sent, so it makes no pattern known, unless it is revived later.
      if (!isDead) told.add(patternId);
    }
  });
}

// --- internal ---

/** Events that make their pattern known to the server; all others need it to be known already. */
const MAKES_A_PATTERN: ReadonlySet<string> = new Set([
  'pattern_created',
  'pattern_modified',
  'pattern_merged',
  'pattern_forked',
]);
