import { asNumber, asString, isJsonObject } from '../../base/json.ts';
import type { ReadableDatabase } from '../../store/database/quick-reader.ts';
import { parseBreakerState } from '../breaker/stored-breaker.ts';

/** The outboxes of all sinks, as far as one look at the indexes tells. */
export interface OutboxGlance {
  /** Events that wait to be delivered; counting stops at {@link MOST_WAITING}. */
  readonly waiting: number;
  /** Dead letters, counted in the same way. */
  readonly dead: number;
  /** Sinks with something to deliver whose circuit is not closed. */
  readonly interrupted: readonly InterruptedSink[];
}

/** A sink whose circuit is not closed. */
export interface InterruptedSink {
  readonly sink: string;
  readonly phase: 'open' | 'half_open';
  readonly reason: string;
}

/** Counting more rows than this takes too long for a glance, and nobody needs the exact number. */
export const MOST_WAITING = 10_000;

/** Looks at the outboxes, in a time that does not grow with them. */
export function outboxGlance(database: ReadableDatabase): OutboxGlance {
  const counted = (index: string, condition: string) => {
    const row = database
      .prepare(
        `SELECT count(*) AS count FROM (SELECT 1 FROM outbox INDEXED BY ${index}
         WHERE ${condition} LIMIT ${MOST_WAITING})`,
      )
      .get();
    return isJsonObject(row) ? (asNumber(row['count']) ?? 0) : 0;
  };
  const waiting = counted('outbox_live', 'dead_at IS NULL');
  return {
    waiting,
    dead: counted('outbox_dead', 'dead_at IS NOT NULL'),
    interrupted: waiting === 0 ? [] : interruptedSinks(database),
  };
}

// --- internal ---

function interruptedSinks(database: ReadableDatabase): InterruptedSink[] {
  const rows = database
    .prepare(
      `SELECT sink, state FROM breakers WHERE EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_live
         WHERE outbox.sink = breakers.sink AND dead_at IS NULL)`,
    )
    .all();
  return rows.filter(isJsonObject).flatMap(({ sink, state }) => {
    const breaker = parseBreakerState(asString(state));
    if (breaker.phase === 'closed') return [];
    return [{ sink: asString(sink) ?? '', phase: breaker.phase, reason: breaker.reason }];
  });
}
