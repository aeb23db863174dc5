import { BreakerStore } from './breaker-store.ts';
import type { BreakerStoreOptions } from './breaker-store.ts';
import type { Database } from '../../store/database/database.ts';
import { Metrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { SinkState } from './sink-state.ts';
import { adoptServer } from '../lineage/sink-server.ts';

/**
 * Counters of one sink: events delivered, turned into dead letters and dropped; attempts after the first;
 * requests, and those that failed at the server.
 */
export type DeliveryMetric =
  | 'delivered'
  | 'dead'
  | 'dropped'
  | 'retries'
  | 'requests'
  | 'request_failures';

/** Everything that tracker.db holds for delivery to one sink. */
export interface DeliveryStore {
  readonly outbox: Outbox;
  readonly breaker: BreakerStore;
  readonly metrics: Metrics<DeliveryMetric>;
  readonly state: SinkState;
  /** Starts over, with all patterns untold and the breaker reset, if the events now go to another server. */
  adoptServer(server: string): void;
  /** Runs `work` in one transaction. */
  transaction<T>(work: () => T): T;
}

/** Opens what `database` holds for `sink`; `options` are those of its breaker. */
export function deliveryStore(
  database: Database,
  sink: string,
  options: BreakerStoreOptions,
): DeliveryStore {
  const breaker = new BreakerStore(database, sink, options);
  return {
    outbox: new Outbox(database, sink),
    breaker,
    metrics: new Metrics(database, sink),
    state: new SinkState(database, sink),
    adoptServer: (server) => {
      if (adoptServer(database, sink, server, options.clock())) breaker.reset();
    },
    transaction: (work) => database.transaction(work).immediate(),
  };
}
