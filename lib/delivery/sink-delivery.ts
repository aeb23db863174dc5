import { randomUUID } from 'node:crypto';
import type { Transition } from './breaker/breaker.ts';
import type { Database } from '../store/database/database.ts';
import { breakerPolicy, retryPolicy } from './delivery-policy.ts';
import { deliveryStore } from './store/delivery-store.ts';
import type { DeliveryStore } from './store/delivery-store.ts';
import { Delivery } from './delivery.ts';
import type { Destination } from './destination.ts';
import type { SinkClientOptions } from './sink.ts';
import type { SinkClient } from './sink-client.ts';

/** What delivery needs besides a client. */
export interface SinkDeliveryOptions extends Pick<SinkClientOptions, 'config' | 'clock'> {
  /** The open database; returns another one after tracker.db was replaced. */
  readonly database: () => Database;
  /** Called after the breaker's change of phase is committed. */
  readonly onTransition?: (transition: Transition) => void;
}

/** Delivery to one sink. */
export interface SinkDelivery {
  readonly delivery: Delivery;
  readonly store: () => DeliveryStore;
  /** Closes the client. */
  close(): Promise<void>;
}

/** Sets up delivery to a destination through `client`, which is closed with it. */
export function openDelivery(
  destination: Destination,
  client: SinkClient,
  { config, database, clock, onTransition }: SinkDeliveryOptions,
): SinkDelivery {
  const policy = breakerPolicy(config);
  const store = storeOf(destination, database, { policy, clock, newId: randomUUID });
  const delivery = new Delivery({
    store,
    client,
    clock,
    retry: retryPolicy(config, Math.random),
    batchRows: config.pattern_tracking.batch_size,
    ...(onTransition ? { onTransition } : {}),
  });
  return { delivery, store, close: async () => client.close() };
}

// --- internal ---

/** The destination's store, prepared again whenever the database is another one. */
function storeOf(
  destination: Destination,
  database: () => Database,
  options: Parameters<typeof deliveryStore>[2],
): () => DeliveryStore {
  let current: { readonly database: Database; readonly store: DeliveryStore } | undefined;
  return () => {
    const now = database();
    if (current?.database !== now) {
      current = { database: now, store: deliveryStore(now, destination, options) };
    }
    return current.store;
  };
}
