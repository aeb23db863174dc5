import { BreakerStore } from '../../store/breaker-store.ts';
import type { BreakerStoreOptions } from '../../store/breaker-store.ts';
import type { Database } from '../../store/database.ts';
import { Metrics } from '../../store/metrics.ts';
import { Outbox } from '../../store/outbox.ts';
import { SinkState } from '../../store/sink-state.ts';

/** Delivered, dead and dropped events, attempts beyond the first, requests, and those the server failed. */
export type DeliveryMetric =
  | 'delivered'
  | 'dead'
  | 'dropped'
  | 'retries'
  | 'requests'
  | 'request_failures';

/** What tracker.db holds for delivery to one sink. */
export interface DeliveryStore {
  readonly outbox: Outbox;
  readonly breaker: BreakerStore;
  readonly metrics: Metrics<DeliveryMetric>;
  readonly state: SinkState;
  /** Runs `work` in one transaction. */
  transaction<T>(work: () => T): T;
}

export function deliveryStore(
  database: Database,
  sink: string,
  options: BreakerStoreOptions,
): DeliveryStore {
  return {
    outbox: new Outbox(database, sink),
    breaker: new BreakerStore(database, sink, options),
    metrics: new Metrics(database, sink),
    state: new SinkState(database, sink),
    transaction: (work) => database.transaction(work).immediate(),
  };
}
