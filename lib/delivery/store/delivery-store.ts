import { BreakerStore } from './breaker-store.ts';
import type { BreakerStoreOptions } from './breaker-store.ts';
import type { Database } from '../../store/database/database.ts';
import { Metrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { SinkState } from './sink-state.ts';
import { adoptServer } from './server-adoption.ts';
import type { Sink } from '../sink.ts';

/** Counters of one sink. */
export type DeliveryMetric =
  /** Events that the sink acknowledged. */
  | 'delivered'
  /** Events that became dead letters. */
  | 'dead'
  /** Events that a user dropped. */
  | 'dropped'
  /** Attempts to deliver an event after the first. */
  | 'retries'
  | 'requests'
  /** Requests that failed at the server. */
  | 'request_failures';

/** Everything that tracker.db holds for delivery to one sink. */
export interface DeliveryStore {
  readonly outbox: Outbox;
  readonly breaker: BreakerStore;
  readonly metrics: Metrics<DeliveryMetric>;
  readonly state: SinkState;
  /** Notes the server's address. A new server knows no pattern yet, and the breaker starts afresh for it. */
  adoptServer(server: string): void;
  /** Runs `work` in one transaction. */
  transaction<T>(work: () => T): T;
}

/** The part of `database` that belongs to `sink`; `options` are those of its breaker. */
export function deliveryStore(
  database: Database,
  sink: Pick<Sink, 'name' | 'retell'>,
  options: BreakerStoreOptions,
): DeliveryStore {
  const { name } = sink;
  const breaker = new BreakerStore(database, name, options);
  return {
    outbox: new Outbox(database, name),
    breaker,
    metrics: new Metrics(database, name),
    state: new SinkState(database, name),
    adoptServer: (server) => {
      if (adoptServer(database, sink, server, options.clock())) breaker.reset();
    },
    transaction: (work) => database.transaction(work).immediate(),
  };
}
