import { TrackerError } from '../base/errors.ts';
import type { BreakerPhase } from '../resilience/breaker.ts';
import { parseBreakerState } from '../resilience/breaker.ts';
import { Metrics } from '../store/metrics.ts';
import { outboxTotals } from '../store/queries/outbox-totals.ts';
import { HTTP_SINK, Outbox } from '../store/outbox.ts';
import { SinkState } from '../store/sink-state.ts';
import type { CliEnvironment } from './environment.ts';
import { readDatabase } from './reader.ts';

/** How delivery to the server stands. */
export interface DeliveryReport {
  /** Null: the files of the configuration name no server. */
  readonly baseUrl: string | null;
  readonly waiting: number;
  readonly oldestAt: number | null;
  readonly dead: number;
  readonly delivered: number;
  readonly lastDeliveredAt: number | null;
  /** When what waits is tried again; null when at once, when nothing waits, or while the circuit is open. */
  readonly nextAttemptAt: number | null;
  readonly breaker: BreakerPhase;
  readonly breakerReason: string | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
}

/** Nothing is read but tracker.db; a database that can't be read gives an empty report. */
export function readDelivery(cli: CliEnvironment, baseUrl: string | null): DeliveryReport {
  const empty: DeliveryReport = {
    baseUrl,
    waiting: 0,
    oldestAt: null,
    dead: 0,
    delivered: 0,
    lastDeliveredAt: null,
    nextAttemptAt: null,
    breaker: 'closed',
    breakerReason: null,
    lastError: null,
    lastErrorAt: null,
  };
  try {
    return (
      readDatabase(cli, (database) => {
        const { waiting, oldestAt, dead } = outboxTotals(database, HTTP_SINK);
        const { lastDeliveredAt, lastError, lastErrorAt, pausedUntil } = new SinkState(
          database,
          HTTP_SINK,
        ).read();
        const state = database
          .prepare<[string], string>('SELECT state FROM breakers WHERE sink = ?')
          .pluck()
          .get(HTTP_SINK);
        const { phase, reason } = parseBreakerState(state);
        const now = cli.now();
        const outbox = new Outbox(database, HTTP_SINK);
        const isDue = outbox.pass().next({ now, after: 0, rows: 1, characters: 1 }).length > 0;
        const next = isDue ? undefined : outbox.nextAttemptAt(now);
        return {
          ...empty,
          waiting,
          oldestAt,
          dead,
          delivered: new Metrics<'delivered'>(database, HTTP_SINK).value('delivered'),
          lastDeliveredAt,
          nextAttemptAt:
            waiting === 0 || phase === 'open' ? null : (laterOf(next, pausedUntil, now) ?? null),
          breaker: phase,
          breakerReason: phase === 'closed' ? null : reason,
          lastError,
          lastErrorAt,
        };
      }) ?? empty
    );
  } catch (error) {
    if (error instanceof TrackerError) return empty; // the report of the database says why
    throw error;
  }
}

// --- internal ---

function laterOf(next: number | undefined, pausedUntil: number, now: number): number | undefined {
  return pausedUntil > now ? Math.max(pausedUntil, next ?? 0) : next;
}
