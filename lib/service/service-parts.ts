import { AuditLog } from './accounting/audit-log.ts';
import { RetentionLoop } from './accounting/retention-loop.ts';
import type { Clock } from '../base/clock.ts';
import { createRedactor } from '../redact/redact.ts';
import type { Redactor } from '../redact/redact.ts';
import type { ServiceStore } from './store/service-store.ts';
import { SILENT_SERVICE_LOG } from './service-log.ts';
import type { ServiceLog } from './service-log.ts';
import { ClientAddress } from './http/client-address.ts';
import { HostCheck } from './http/host-check.ts';
import { IngestQueue } from './ingest/ingest-queue.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { BodyReader } from './http/request-body.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { StoreProbe } from './store/store-probe.ts';
import type { ScrapeCredential } from './auth/scrape-credential.ts';
import { TokenGate } from './auth/token-gate.ts';

/** What the routes work with. */
export interface ServiceParts {
  readonly store: ServiceStore;
  readonly clock: Clock;
  /** A clock that only goes forward, whatever is done to the system's time. In milliseconds. */
  readonly monotonic: () => number;
  /** Undefined if events are stored as they came. */
  readonly redactor: Redactor | undefined;
  readonly bodies: BodyReader;
  readonly queue: IngestQueue;
  readonly limiter: RateLimiter;
  /** Limits all tokens of a tenant together. */
  readonly tenantLimiter: RateLimiter;
  readonly gate: TokenGate;
  /** Undefined when only tokens open `/metrics`. */
  readonly scrape: ScrapeCredential | undefined;
  readonly hosts: HostCheck;
  readonly clients: ClientAddress;
  readonly probe: StoreProbe;
  readonly metrics: ServiceMetrics;
  readonly audit: AuditLog;
  readonly retention: RetentionLoop;
  readonly log: ServiceLog;
  /** True if other machines can reach the service: strangers then learn nothing of its internal state. */
  readonly isExposed: boolean;
  /** How long a request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** True once the service has been told to stop: connections are then closed after their reply. */
  isStopping: boolean;
}

/** What a service is put together from. */
export interface ServicePartsOptions {
  readonly store: ServiceStore;
  readonly clock: Clock;
  /** A clock that only goes forward, whatever is done to the system's time. In milliseconds. @default performance.now */
  readonly monotonic?: () => number;
  /** @default a log that writes nothing */
  readonly log?: ServiceLog;
  /**
   * Takes secrets out of events, which takes about 25 µs each; false if they are stored as they came.
   *
   * @default a redactor without rules of a user's
   */
  readonly redactor?: Redactor | false;
  /** Requests of one caller in 60 s; 0 is no limit. @default 1,000 */
  readonly rateLimit?: number;
  /** Requests of one tenant in 60 s, whatever their tokens; 0 is no limit. @default 0 */
  readonly tenantRateLimit?: number;
  /** Opens `/metrics` beside tokens with the scope `admin`. @default none */
  readonly scrape?: ScrapeCredential | undefined;
  /** Whether other machines can reach the service. @default false */
  readonly isExposed?: boolean;
  /** The names, beside localhost, that the service answers to. @default none */
  readonly allowedHosts?: readonly string[];
  /** Addresses and networks of proxies whose word about a client's address counts. @default none */
  readonly trustedProxies?: readonly string[];
  /** The largest body in bytes. @default 16 MiB */
  readonly maxBodyBytes?: number;
  /** How long a request may take, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
  /** Whether `/metrics` also reports on the process. @default false */
  readonly withProcessMetrics?: boolean;
}

/** Puts a service together around its store. */
export function serviceParts(options: ServicePartsOptions): ServiceParts {
  const { store, clock, isExposed = false, timeoutMs = 30_000 } = options;
  const { redactor = createRedactor() } = options;
  const log = options.log ?? SILENT_SERVICE_LOG;
  const queue = new IngestQueue(store, {
    concurrency: store.kind === 'postgres' ? 4 : 1,
    onCommit: () => metrics.committed(),
  });
  const probe = new StoreProbe(store, clock);
  const metrics = new ServiceMetrics({
    queuedEvents: () => queue.events,
    isStoreUp: async () => (await probe.health()).isWell,
    staleness: store.staleness && (() => store.staleness?.() ?? NaN),
    withProcess: options.withProcessMetrics ?? false,
  });
  return {
    store,
    clock,
    monotonic: options.monotonic ?? (() => performance.now()),
    redactor: redactor || undefined,
    bodies: new BodyReader(
      options.maxBodyBytes === undefined ? {} : { maxBytes: options.maxBodyBytes },
    ),
    queue,
    limiter: new RateLimiter({ requests: options.rateLimit ?? 1_000, clock }),
    tenantLimiter: new RateLimiter({ requests: options.tenantRateLimit ?? 0, clock }),
    gate: new TokenGate({ tokens: store.tokens, clock, isOpenWithoutTokens: !isExposed }),
    scrape: options.scrape,
    hosts: new HostCheck(options.allowedHosts ?? []),
    clients: new ClientAddress(options.trustedProxies ?? []),
    probe,
    metrics,
    audit: new AuditLog({
      store: store.audit,
      clock,
      onLost: (entries) => metrics.auditLost(entries),
      onFailed: (error) => log.error('the audit log could not be stored', error),
    }),
    retention: new RetentionLoop({
      store,
      clock,
      onRemoved: (rows) => metrics.removed('retention', rows),
      onRun(result, error) {
        metrics.retentionRun(result);
        if (result === 'failed') log.error('old rows could not be deleted', error);
      },
    }),
    log,
    isExposed,
    timeoutMs,
    isStopping: false,
  };
}
