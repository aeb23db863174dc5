import { CLOSED } from '../delivery/breaker/breaker.ts';
import type { BreakerState } from '../delivery/breaker/breaker.ts';
import type { Sink } from '../delivery/sink.ts';
import { readBreaker } from '../delivery/store/breaker-store.ts';
import { Metrics } from '../delivery/store/metrics.ts';
import { outboxTotals } from '../delivery/store/outbox-totals.ts';
import type { OutboxTotals } from '../delivery/store/outbox-totals.ts';
import { Outbox } from '../delivery/store/outbox.ts';
import { SinkState } from '../delivery/store/sink-state.ts';
import type { SinkStatus } from '../delivery/store/sink-state.ts';
import type { Database } from '../store/database/database.ts';

/** What tracker.db knows of delivery to one sink. Times are milliseconds since 1970. */
export interface SinkFacts {
  readonly sink: Sink;
  readonly outbox: OutboxTotals;
  readonly breaker: BreakerState;
  /** Events that the sink has acknowledged since the last reset of the metrics. */
  readonly delivered: number;
  readonly lastDeliveredAt: number | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
  /** When the next attempt is due; null when it is due now, nothing waits, or the circuit is open. */
  readonly nextAttemptAt: number | null;
}

/** Reads the facts of a sink. It writes nothing, so a database opened for reading is enough. */
export function readSinkFacts(database: Database, sink: Sink, now: number): SinkFacts {
  const outbox = outboxTotals(database, sink.name);
  const status = new SinkState(database, sink.name).read();
  const breaker = readBreaker(database, sink.name);
  const isHeld = outbox.waiting === 0 || breaker.phase === 'open';
  return {
    sink,
    outbox,
    breaker,
    delivered: new Metrics<'delivered'>(database, sink.name).value('delivered'),
    lastDeliveredAt: status.lastDeliveredAt,
    lastError: status.lastError,
    lastErrorAt: status.lastErrorAt,
    nextAttemptAt: isHeld ? null : nextAttemptAt(new Outbox(database, sink.name), status, now),
  };
}

/** The facts of a sink for which nothing was ever recorded. */
export function noSinkFacts(sink: Sink): SinkFacts {
  return {
    sink,
    outbox: { waiting: 0, dead: 0, failed: 0, oldestAt: null },
    breaker: CLOSED,
    delivered: 0,
    lastDeliveredAt: null,
    lastError: null,
    lastErrorAt: null,
    nextAttemptAt: null,
  };
}

// --- internal ---

function nextAttemptAt(outbox: Outbox, { pausedUntil }: SinkStatus, now: number): number | null {
  const isDue = outbox.pass().next({ now, after: 0, rows: 1, characters: 1 }).length > 0;
  const next = isDue ? undefined : outbox.nextAttemptAt(now);
  return (pausedUntil > now ? Math.max(pausedUntil, next ?? 0) : next) ?? null;
}
