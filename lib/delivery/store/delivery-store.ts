import { BreakerStore } from './breaker-store.ts';
import type { BreakerStoreOptions } from './breaker-store.ts';
import type { Database } from '../../store/database/database.ts';
import { Metrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { SinkState } from './sink-state.ts';
import { adoptServer } from './server-adoption.ts';
import type { Destination } from '../destination.ts';

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

/** Everything that tracker.db holds for one destination. */
export interface DeliveryStore {
  /** The name of the destination in tracker.db. */
  readonly name: string;
  readonly outbox: Outbox;
  readonly breaker: BreakerStore;
  readonly metrics: Metrics<DeliveryMetric>;
  readonly state: SinkState;
  /** Notes the server's address. A new server knows no pattern yet, and the breaker starts afresh for it. */
  adoptServer(server: string): void;
  /** Runs `work` in one transaction. */
  transaction<T>(work: () => T): T;
}

/** The part of `database` that belongs to `destination`; `options` are those of its breaker. */
export function deliveryStore(
  database: Database,
  destination: Destination,
  options: BreakerStoreOptions,
): DeliveryStore {
  const { name } = destination;
  const breaker = new BreakerStore(database, name, options);
  return {
    name,
    outbox: new Outbox(database, name),
    breaker,
    metrics: new Metrics(database, name, options.clock),
    state: new SinkState(database, name),
    adoptServer: (server) => {
      if (adoptServer(database, destination, server, options.clock())) breaker.reset();
    },
    transaction: (work) => database.transaction(work).immediate(),
  };
}
