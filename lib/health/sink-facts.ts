import { CLOSED } from '../delivery/breaker/breaker.ts';
import type { BreakerState } from '../delivery/breaker/breaker.ts';
import type { Destination } from '../delivery/destination.ts';
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
  /** The server that it was last delivered to, or is about to be; null before the first delivery. */
  readonly server: string | null;
  readonly lastDeliveredAt: number | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
  /** When the next attempt is due; null when it is due now, nothing waits, or the circuit is open. */
  readonly nextAttemptAt: number | null;
}

/**
 * Reads the facts of a sink, by default at the address in the configuration files. It writes nothing, so a
 * database opened for reading is enough.
 */
export function readSinkFacts(
  database: Database,
  sink: Sink,
  now: number,
  { name }: Pick<Destination, 'name'> = sink,
): SinkFacts {
  const outbox = outboxTotals(database, name);
  const status = new SinkState(database, name).read();
  const breaker = readBreaker(database, name);
  const isHeld = outbox.waiting === 0 || breaker.phase === 'open';
  return {
    sink,
    outbox,
    breaker,
    delivered: new Metrics<'delivered'>(database, name).value('delivered'),
    server: status.server,
    lastDeliveredAt: status.lastDeliveredAt,
    lastError: status.lastError,
    lastErrorAt: status.lastErrorAt,
    nextAttemptAt: isHeld ? null : nextAttemptAt(new Outbox(database, name), status, now),
  };
}

/** The facts of a sink for which nothing was ever recorded. */
export function noSinkFacts(sink: Sink): SinkFacts {
  return {
    sink,
    outbox: { waiting: 0, dead: 0, failed: 0, oldestAt: null },
    breaker: CLOSED,
    delivered: 0,
    server: null,
    lastDeliveredAt: null,
    lastError: null,
    lastErrorAt: null,
    nextAttemptAt: null,
  };
}

// --- internal ---

function nextAttemptAt(outbox: Outbox, { pausedUntil }: SinkStatus, now: number): number | null {
  const isDue = outbox.pass().next({ now, after: 0, rows: 1, bytes: 1 }).length > 0;
  const next = isDue ? undefined : outbox.nextAttemptAt(now);
  return (pausedUntil > now ? Math.max(pausedUntil, next ?? 0) : next) ?? null;
}
