import { TrackerError } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import type { BreakerPhase } from '../../delivery/breaker/breaker.ts';
import { parseBreakerState } from '../../delivery/breaker/breaker.ts';
import { Metrics } from '../../delivery/store/metrics.ts';
import { outboxTotals } from '../../delivery/store/outbox-totals.ts';
import type { Database } from '../../store/database/database.ts';
import { Outbox } from '../../delivery/store/outbox.ts';
import { SinkState } from '../../delivery/store/sink-state.ts';
import type { Sink } from '../../delivery/sink.ts';
import type { CliEnvironment } from '../environment.ts';
import { readDatabase } from '../reader.ts';
import { sinksInUse } from '../arguments/sink-choice.ts';

/** How delivery to one sink stands. */
export interface DeliveryReport {
  readonly sink: Sink;
  /** Null: the files of the configuration name none. */
  readonly address: string | null;
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

/**
 * How it stands with every sink in use. Nothing is read but tracker.db; a database that can't be read
 * gives empty reports.
 */
export function readDeliveries(cli: CliEnvironment, config: Config | undefined): DeliveryReport[] {
  const nothing = () => sinksInUse(config).map((sink) => emptyDelivery(sink, config));
  try {
    return (
      readDatabase(cli, (database) =>
        sinksInUse(config, database).map((sink) => ({
          ...emptyDelivery(sink, config),
          ...readSink(database, sink, cli.now()),
        })),
      ) ?? nothing()
    );
  } catch (error) {
    if (error instanceof TrackerError) return nothing(); // the report of the database says why
    throw error;
  }
}

/** Where nothing is known of a sink. */
export function emptyDelivery(sink: Sink, config?: Config): DeliveryReport {
  return {
    sink,
    address: config ? sink.address(config) : null,
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
}

// --- internal ---

function readSink(
  database: Database,
  { name }: Sink,
  now: number,
): Omit<DeliveryReport, 'sink' | 'address'> {
  const { waiting, oldestAt, dead } = outboxTotals(database, name);
  const { lastDeliveredAt, lastError, lastErrorAt, pausedUntil } = new SinkState(
    database,
    name,
  ).read();
  const state = database
    .prepare<[string], string>('SELECT state FROM breakers WHERE sink = ?')
    .pluck()
    .get(name);
  const breaker = parseBreakerState(state);
  const outbox = new Outbox(database, name);
  const isDue = outbox.pass().next({ now, after: 0, rows: 1, characters: 1 }).length > 0;
  const next = isDue ? undefined : outbox.nextAttemptAt(now);
  return {
    waiting,
    oldestAt,
    dead,
    delivered: new Metrics<'delivered'>(database, name).value('delivered'),
    lastDeliveredAt,
    nextAttemptAt:
      waiting === 0 || breaker.phase === 'open' ? null : (laterOf(next, pausedUntil, now) ?? null),
    breaker: breaker.phase,
    breakerReason: breaker.phase === 'closed' ? null : breaker.reason,
    lastError,
    lastErrorAt,
  };
}

function laterOf(next: number | undefined, pausedUntil: number, now: number): number | undefined {
  return pausedUntil > now ? Math.max(pausedUntil, next ?? 0) : next;
}
