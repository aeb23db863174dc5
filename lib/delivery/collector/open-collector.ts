import { TrackerError } from '../../base/errors.ts';
import { httpSettings } from '../http/http-settings.ts';
import type { SinkClientOptions } from '../sink.ts';
import { CollectorClient } from './collector-client.ts';
import { collectorHeaders } from './collector-headers.ts';

/**
 * Opens a client of the configured collector. Import this module only when there is something to send,
 * because it loads undici and OpenTelemetry's packages.
 *
 * @throws TrackerError E_NO_COLLECTOR, and those of `collectorHeaders` and `CollectorClient`
 */
export function openCollectorClient({
  config,
  clock,
  proxy,
  machine,
}: SinkClientOptions): CollectorClient {
  const { otlp } = config;
  if (otlp.endpoint === null) {
    throw new TrackerError('E_NO_COLLECTOR', 'no collector is configured', {
      hint: 'Set otlp.endpoint in config.yaml.',
    });
  }
  return new CollectorClient({
    endpoint: otlp.endpoint,
    protocol: otlp.protocol,
    readHeaders: () => collectorHeaders(otlp),
    allowInsecure: otlp.allow_insecure,
    traces: otlp.traces,
    logs: otlp.logs,
    details: otlp.tool_details,
    machine,
    ...httpSettings(config, proxy),
    clock,
    monotonic: () => performance.now(),
  });
}
