import { hostname } from 'node:os';
import type { Database } from '../../store/database/database.ts';
import { IntroductionRows } from '../store/introduction-rows.ts';
import { SinkPatterns } from '../store/sink-patterns.ts';
import { LineageFeed } from './lineage-feed.ts';

/**
 * Prepares the outbox for a server that has been told of no pattern yet: those that the outbox builds on
 * are put ahead of it, and the rest follow when something comes of them. Call it in a transaction.
 */
export function retellPatterns(database: Database, sink: string, now: number): void {
  const told = new SinkPatterns(database, sink);
  told.forget();
  const rows = new IntroductionRows(database, sink);
  // The old server has refused these. Others may need them, and each is made only once.
  rows.reviveDead();
  const feed = new LineageFeed(database, sink, hostname());
  rows.putAhead(() => {
    for (const { patternId, eventType, parentIds, isDead } of rows.all()) {
      const needed = MAKES_A_PATTERN.has(eventType) ? parentIds : [...parentIds, patternId];
      for (const id of needed) feed.introduce(id, [id], now);
      // A dead letter may come back, but until then it tells of nothing.
      if (!isDead) told.add(patternId);
    }
  });
}

// --- internal ---

/** Events by which the server comes to know their pattern; all others need it to be known. */
const MAKES_A_PATTERN: ReadonlySet<string> = new Set([
  'pattern_created',
  'pattern_modified',
  'pattern_merged',
  'pattern_forked',
]);
