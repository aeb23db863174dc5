import type { Clock } from '../base/clock.ts';
import { createRedactor } from '../redact/redact.ts';
import type { Redactor } from '../redact/redact.ts';
import type { ServiceStore } from './store/service-store.ts';
import { SILENT_SERVICE_LOG } from './service-log.ts';
import type { ServiceLog } from './service-log.ts';
import { HostCheck } from './http/host-check.ts';
import { IngestQueue } from './ingest/ingest-queue.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { BodyReader } from './http/request-body.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { StoreProbe } from './store/store-probe.ts';
import { TokenGate } from './auth/token-gate.ts';

/** What the routes work with. */
export interface ServiceParts {
  readonly store: ServiceStore;
  readonly clock: Clock;
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: () => number;
  readonly redactor: Redactor | undefined;
  readonly bodies: BodyReader;
  readonly queue: IngestQueue;
  readonly limiter: RateLimiter;
  /** Of tokens, for addresses that have used theirs up. */
  readonly spareLookUps: RateLimiter;
  readonly gate: TokenGate;
  readonly hosts: HostCheck;
  readonly probe: StoreProbe;
  readonly metrics: ServiceMetrics;
  readonly log: ServiceLog;
  /** Others than this machine's users can reach it: strangers are told nothing of its inside. */
  readonly isExposed: boolean;
  /** How long a request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** True from the moment it is told to stop: connections are then not kept. */
  isStopping: boolean;
}

export interface ServicePartsOptions {
  readonly store: ServiceStore;
  readonly clock: Clock;
  /** @default of this process */
  readonly monotonic?: () => number;
  readonly log?: ServiceLog;
  /** Take secrets out of what comes; ~25 µs an event. @default true */
  readonly redact?: boolean;
  /** Requests of one caller in 60 s; 0 is no limit. @default 1,000 */
  readonly rateLimit?: number;
  /** @default false */
  readonly isExposed?: boolean;
  /** Names beside localhost that the service answers to. @default none */
  readonly allowedHosts?: readonly string[];
  /** The largest body in bytes. @default 16 MiB */
  readonly maxBodyBytes?: number;
  /** @default 30,000 */
  readonly timeoutMs?: number;
  /** @default false */
  readonly withProcessMetrics?: boolean;
}

/** A look-up is one read by key: twenty a second are no load. */
const SPARE_LOOK_UPS = { requests: 20, windowMs: 1_000 } as const;

/** Puts a service together around its store. */
export function serviceParts(options: ServicePartsOptions): ServiceParts {
  const { store, clock, isExposed = false, timeoutMs = 30_000, redact = true } = options;
  const queue = new IngestQueue(store, {
    concurrency: store.kind === 'postgres' ? 4 : 1,
    timeoutMs,
    onCommit: () => metrics.committed(),
  });
  const probe = new StoreProbe(store, clock);
  const metrics = new ServiceMetrics({
    queuedEvents: () => queue.events,
    isStoreUp: async () => (await probe.health()).isWell,
    withProcess: options.withProcessMetrics ?? false,
  });
  return {
    store,
    clock,
    monotonic: options.monotonic ?? (() => performance.now()),
    redactor: redact ? createRedactor() : undefined,
    bodies: new BodyReader(
      options.maxBodyBytes === undefined ? {} : { maxBytes: options.maxBodyBytes },
    ),
    queue,
    limiter: new RateLimiter({ requests: options.rateLimit ?? 1_000, clock }),
    spareLookUps: new RateLimiter({ ...SPARE_LOOK_UPS, clock }),
    gate: new TokenGate({ tokens: store.tokens, clock, isOpenWithoutTokens: !isExposed }),
    hosts: new HostCheck(options.allowedHosts ?? []),
    probe,
    metrics,
    log: options.log ?? SILENT_SERVICE_LOG,
    isExposed,
    timeoutMs,
    isStopping: false,
  };
}
