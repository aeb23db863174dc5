import type { Sink } from '../sink.ts';
import { ToolCallOutbox } from '../store/tool-call-outbox.ts';
import { collectorHeaders } from './collector-headers.ts';
import { collectorUrl } from './otlp-url.ts';

const NAME = 'otlp';

/** The sink for tool calls: the OpenTelemetry collector at `otlp.endpoint`. */
export const COLLECTOR: Sink = {
  name: NAME,
  noun: 'collector',
  key: 'otlp.endpoint',
  log: {
    unavailable: (log, reason) => log.warn('OTLP collector unavailable', { reason }),
    available: (log) => log.info('OTLP collector available again'),
    breakerMoved: (log, { from, to, reason }) =>
      log.warn('Circuit breaker of the OTLP collector moved', { from, to, reason }),
  },
  address: ({ otlp }) => otlp.endpoint,
  delivers: ({ otlp, pattern_tracking }) =>
    otlp.endpoint !== null && (otlp.traces || otlp.logs) && pattern_tracking.enabled,
  lockPath: (paths) => paths.otlpDeliveryLock,
  checkAccess: ({ otlp }) => {
    const headers = collectorHeaders(otlp);
    const { endpoint, allow_insecure: allowInsecure } = otlp;
    if (endpoint !== null) collectorUrl({ endpoint, headers, allowInsecure });
  },
  toolCallFeed: (database) => new ToolCallOutbox(database, NAME),
  loadClient: async () => (await import('./open-collector.ts')).openCollectorClient,
};
