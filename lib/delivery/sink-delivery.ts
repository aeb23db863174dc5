import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { Transition } from './breaker/breaker.ts';
import type { Database } from '../store/database/database.ts';
import { ApiClient } from './lineage/lineage-client.ts';
import { bearerToken } from './http/bearer-token.ts';
import type { ProxySettings } from './http/http-client.ts';
import { HTTP_SINK } from './store/outbox.ts';
import { breakerPolicy, retryPolicy } from './delivery-policy.ts';
import { deliveryStore } from './store/delivery-store.ts';
import type { DeliveryStore } from './store/delivery-store.ts';
import { Delivery } from './delivery.ts';
import type { DeliveryOptions } from './delivery.ts';

export interface SinkDeliveryOptions {
  readonly config: Config;
  /** The open database; another one after it was replaced. */
  readonly database: () => Database;
  readonly clock: Clock;
  /** What the environment says of proxies, where it may be asked; `api.proxy` comes before it. */
  readonly proxy?: ProxySettings | undefined;
  readonly onTransition?: (transition: Transition) => void;
}

/** Delivery to one sink. */
export interface OpenDelivery {
  readonly delivery: Delivery;
  readonly store: () => DeliveryStore;
  close(): Promise<void>;
}

/** Delivery to the server that the configuration names. */
export interface SinkDelivery extends OpenDelivery {
  readonly api: ApiClient;
}

/** @throws TrackerError when the configuration can't be acted on: a bad URL, a token file, certificates. */
export function openSinkDelivery(options: SinkDeliveryOptions): SinkDelivery {
  const api = openApi(options);
  return { ...openDelivery(HTTP_SINK, api, options), api };
}

/** Delivery to a sink by what speaks to it. */
export function openDelivery(
  sink: string,
  api: DeliveryOptions['api'] & { close(): Promise<void> },
  { config, database, clock, onTransition }: SinkDeliveryOptions,
): OpenDelivery {
  const policy = breakerPolicy(config);
  const store = storeOf(sink, database, { policy, clock, newId: randomUUID });
  const delivery = new Delivery({
    store,
    api,
    clock,
    retry: retryPolicy(config, Math.random),
    batchRows: config.pattern_tracking.batch_size,
    ...(onTransition ? { onTransition } : {}),
  });
  return { delivery, store, close: async () => api.close() };
}

/** The proxies that the usual variables name. */
export function proxyOf(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  return {
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'],
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'],
    noProxy: env['no_proxy'] ?? env['NO_PROXY'],
  };
}

// --- internal ---

function openApi({ config, clock, proxy }: SinkDeliveryOptions): ApiClient {
  const { api, pattern_tracking } = config;
  if (api.base_url === null) {
    throw new TrackerError('E_NO_SERVER', 'no server is configured', {
      hint: 'Set api.base_url in config.yaml, or INTELLIGENCE_SERVICE_URL.',
    });
  }
  const readToken = () => bearerToken({ token: api.token, tokenFile: api.token_file });
  return new ApiClient({
    baseUrl: api.base_url,
    token: readToken(),
    rereadToken: readToken,
    caFile: api.ca_file ?? undefined,
    allowInsecure: api.allow_insecure,
    timeoutMs: pattern_tracking.timeout * 1000,
    proxy: api.proxy === null ? proxy : { httpProxy: api.proxy, httpsProxy: api.proxy },
    clock,
    monotonic: () => performance.now(),
  });
}

/** Prepared anew when the database is another one. */
function storeOf(
  sink: string,
  database: () => Database,
  options: Parameters<typeof deliveryStore>[2],
): () => DeliveryStore {
  let current: { readonly database: Database; readonly store: DeliveryStore } | undefined;
  return () => {
    const now = database();
    if (current?.database !== now) {
      current = { database: now, store: deliveryStore(now, sink, options) };
    }
    return current.store;
  };
}
