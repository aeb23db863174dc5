import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { InvariantError, TrackerError } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import type { ServiceStore } from './store/service-store.ts';
import type { ServiceLog } from './service-log.ts';
import { createApp } from './app.ts';
import { withinDeadline } from '../base/deadline.ts';
import { HttpServer } from './http/http-server.ts';
import type { HttpServerOptions } from './http/http-server.ts';
import type { Route } from './http/route.ts';
import type { MetricFigures } from './service-metrics.ts';
import { serviceParts } from './service-parts.ts';
import type { ServicePartsOptions } from './service-parts.ts';

/** How to start a service. */
export interface ServiceOptions
  extends HttpServerOptions, Omit<ServicePartsOptions, 'store' | 'clock' | 'isExposed' | 'log'> {
  /** Open; the service closes it. */
  readonly store: ServiceStore;
  readonly log: ServiceLog;
  /** Whether to serve other machines without TLS, as behind a proxy that provides it. @default false */
  readonly allowInsecure?: boolean;
  /** @default the system's */
  readonly clock?: Clock;
  /** Pages for people, in the place of the service's own routes with the same paths. @default none */
  readonly pages?: readonly Route[];
}

/** A service that is listening. */
export interface RunningService {
  readonly url: string;
  /** How it does now. */
  figures(): Promise<MetricFigures>;
  /** Reads the files of TLS and of the credential for metrics again. @throws TrackerError E_TLS_FILES, E_METRICS_TOKEN */
  reloadFiles(): void;
  /** Finishes the requests that were begun, within 25 s, then closes the store. @throws E_STORE_CLOSE */
  close(): Promise<void>;
}

/** Time for the last requests, in milliseconds: Kubernetes kills after 30 s. Docker's 10 s must be raised. */
const GRACE_MS = 25_000;
/** Time for the last entries of the audit log and the last step of retention, in milliseconds. */
const ACCOUNTING_CLOSE_MS = 2_000;
/** Time for closing the store, in milliseconds. */
const STORE_CLOSE_MS = 3_000;

/**
 * Starts the service on an open store, which belongs to the service from then on.
 *
 * @throws TrackerError E_TOKENS_NEEDED, E_TLS_NEEDED, E_TLS_FILES, E_PORT_IN_USE, E_LISTEN
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { store, host, log, clock = systemClock, allowedHosts = [] } = options;
  // An allowed host means that a proxy forwards requests of other machines.
  const isExposed = !isLoopback(host) || allowedHosts.length > 0;
  if (isExposed) await requireSafety(options);
  const service = serviceParts({
    ...options,
    clock,
    isExposed,
    allowedHosts: [host, ...allowedHosts],
  });
  const server = new HttpServer(createApp(service, options.pages), {
    isProxy: (address) => service.clients.isTrusted(address),
    ...options,
  });
  const url = await server.listen();
  log.info('listening', { url, store: store.kind });
  const advice = store.advice?.();
  if (advice !== undefined) log.info(`about the database: ${advice}`);
  service.retention.start();
  return {
    url,
    figures: async () => service.metrics.figures(),
    reloadFiles() {
      server.reloadTls();
      service.scrape?.reload();
      log.info('files read again');
    },
    async close() {
      service.isStopping = true;
      log.info('stopping');
      const until = service.monotonic() + GRACE_MS;
      await server.close(GRACE_MS);
      await service.queue.idle(until - service.monotonic());
      await withinDeadline(
        Promise.all([service.retention.stop(), service.audit.flush()]),
        ACCOUNTING_CLOSE_MS,
        () => new InvariantError('the audit log was not stored in time'),
      ).catch((error: unknown) => log.error('something was left undone', error));
      await withinDeadline(
        store.close(),
        STORE_CLOSE_MS,
        () =>
          new TrackerError('E_STORE_CLOSE', 'the store did not close', {
            hint: 'Nothing that was answered is lost: it was committed before its reply.',
          }),
      );
      log.info('stopped');
      log.flush();
    },
  };
}

// --- internal ---

async function requireSafety(options: ServiceOptions): Promise<void> {
  const { store, host, tls, allowInsecure = false, clock = systemClock } = options;
  const { allowedHosts = [] } = options;
  const now = clock();
  const tokens = await store.tokens.list();
  const isUsable = tokens.some(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now),
  );
  if (!isUsable) {
    const where = isLoopback(host) ? allowedHosts.join(', ') : host;
    const why = tokens.length === 0 ? 'there is no token' : 'every token is revoked or expired';
    throw new TrackerError('E_TOKENS_NEEDED', `${where} can be reached by others, and ${why}`, {
      hint: 'Make one first: `pattern-tracker token create --name NAME`, with the same --database.',
    });
  }
  if (!tls && !allowInsecure && !isLoopback(host)) {
    throw new TrackerError(
      'E_TLS_NEEDED',
      `${host} can be reached by others, and tokens would go there unencrypted`,
      {
        hint: 'Give --tls-cert and --tls-key; behind a proxy that has TLS, --allow-insecure.',
      },
    );
  }
}
