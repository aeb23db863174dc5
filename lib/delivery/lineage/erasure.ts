import { hostname } from 'node:os';
import type { Database } from '../../store/database/database.ts';
import { Outbox } from '../store/outbox.ts';
import { ERASURE_EVENT } from '../store/outbox-pass.ts';
import { SinkPatterns } from '../store/sink-patterns.ts';
import { SinkState } from '../store/sink-state.ts';
import type { ErasedPatterns } from '../sink.ts';
import { LineageFeed } from './lineage-feed.ts';
import { introducePatterns } from './retelling.ts';

/**
 * Adds to the outbox that the server is to delete these patterns, which it was told of or was about to be;
 * returns how many: none if it was never reached. Each row's body is the event that says so to a server that deletes nothing: a deprecation without code
 * or name. Call it in a transaction, after the patterns and their other rows were removed; `now` is in
 * milliseconds since 1970 UTC.
 */
export function erasePatterns(
  database: Database,
  sink: string,
  { ids, successors, now }: ErasedPatterns,
): number {
  const told = new SinkPatterns(database, sink);
  const outbox = new Outbox(database, sink);
  const { lastDeliveredAt, lastErrorAt } = new SinkState(database, sink).read();
  const wasReached = lastDeliveredAt !== null || lastErrorAt !== null;
  let erased = 0;
  for (const id of ids) {
    told.remove(id);
    if (!wasReached) continue;
    const eventId = `erased-${id}-${now}`;
    const event = {
      event_id: eventId,
      event_type: 'pattern_deprecated',
      pattern_id: id,
      pattern_name: id,
      pattern_type: 'code',
      pattern_version: '1.0.0',
      parent_pattern_ids: [],
      reason: 'forgotten',
      triggered_by: 'forget',
      pattern_data: { event_id: eventId, occurred_at: new Date(now).toISOString() },
    };
    outbox.add(
      {
        eventId,
        eventType: ERASURE_EVENT,
        sessionId: null,
        patternId: id,
        lineageId: id,
        body: JSON.stringify(event),
      },
      now,
    );
    erased += 1;
  }
  // Rows that stay may need a pattern whose introduction went with the forgotten ones.
  introducePatterns(database, sink, now);
  const feed = new LineageFeed(database, sink, hostname());
  for (const id of successors) if (wasReached) feed.introduce(id, [id], now);
  return erased;
}
