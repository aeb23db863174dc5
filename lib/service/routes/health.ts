import * as z from 'zod';
import { VERSION } from '../../base/version.ts';
import {
  apiHealthReplySchema,
  healthReplySchema,
  liveReplySchema,
  readyReplySchema,
} from '../../lineage-api/service-reply.ts';
import { okReply, route } from '../http/route.ts';
import type { Route } from '../http/route.ts';
import { isoTime } from '../../base/clock.ts';

/** `/health` below the API's prefix, in the shape that clients of the older servers know. */
export const apiHealthRoute: Route = route({
  method: 'GET',
  path: '/health',
  tag: 'Service',
  summary: 'Whether the API can do its work',
  description: 'The status is 503 when the store is down, so a client need not read the body.',
  scope: null,
  replies: { 200: apiHealthReplySchema, 503: apiHealthReplySchema },
  async handle({ service, isTrusted, limitedAs, elapsedMs }) {
    const { isWell, detail, pool } = await service.probe.health();
    const state = isWell ? 'operational' : 'database_unavailable';
    const { limit, used } = service.limiter.state(limitedAs);
    const performance = {
      ...(pool ? { database_pool: pool } : {}),
      rate_limiting: {
        current_window_requests: used,
        max_requests_per_window: limit,
        window_seconds: service.limiter.windowMs / 1_000,
      },
      ingest_queue_events: service.queue.events,
    };
    return {
      status: isWell ? 200 : 503,
      body: {
        status: isWell ? 'healthy' : 'degraded',
        components: {
          lineage_tracker: state,
          usage_analytics: state,
          feedback_orchestrator: state,
        },
        ...(isTrusted ? { performance, detail } : {}),
        timestamp: isoTime(service.clock()),
        response_time_ms: elapsedMs(),
      },
    };
  },
});

/** `/health` for load balancers and service managers: 503 when the store is down. */
export const healthRoute: Route = route({
  method: 'GET',
  path: '/health',
  tag: 'Service',
  summary: 'Whether the service can do its work',
  scope: null,
  replies: { 200: healthReplySchema, 503: healthReplySchema },
  async handle({ service, isTrusted }) {
    const { isWell, detail } = await service.probe.health();
    const inside = { service_version: VERSION, store: service.store.kind };
    return {
      status: isWell ? 200 : 503,
      body: {
        status: isWell ? 'healthy' : 'unhealthy',
        ...(isTrusted ? inside : {}),
        ...(isTrusted && !isWell ? { error: detail } : {}),
      },
    };
  },
});

/** `/health/live` for whoever restarts the service: no outage of the store is mended by that. */
export const liveRoute: Route = route({
  method: 'GET',
  path: '/health/live',
  tag: 'Service',
  summary: 'Whether the process answers, whatever its store does',
  scope: null,
  isBlind: true,
  replies: { 200: liveReplySchema },
  handle: () => okReply({ status: 'alive' }),
});

/**
 * `/health/ready` for whoever sends requests to the service: 503 when it would answer all of them with 503. A service
 * that can only read is of use.
 */
export const readyRoute: Route = route({
  method: 'GET',
  path: '/health/ready',
  tag: 'Service',
  summary: 'Whether to send requests here: the store answers and the service is not stopping',
  scope: null,
  isBlind: true,
  replies: { 200: readyReplySchema, 503: readyReplySchema },
  async handle({ service }) {
    const { isWell, isReadOnly = false } = await service.probe.health();
    if (service.isStopping) return { status: 503, body: { status: 'stopping' } };
    if (isWell) return okReply({ status: 'ready' });
    return isReadOnly
      ? okReply({ status: 'read_only' })
      : { status: 503, body: { status: 'store_unavailable' } };
  },
});

/** `/metrics` in Prometheus' text format, for tokens with the scope `admin`. */
export const metricsRoute: Route = route({
  method: 'GET',
  path: '/metrics',
  tag: 'Service',
  summary: 'Metrics for Prometheus',
  description:
    'Also opened by the secret in the file that `--metrics-token-file` names, which needs no store.',
  scope: 'admin',
  isScraped: true,
  replies: { 200: z.string() },
  handle: async ({ service }) => ({
    status: 200,
    body: await service.metrics.text(),
    contentType: service.metrics.contentType,
  }),
});
