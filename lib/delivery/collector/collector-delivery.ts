import { TrackerError } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import { parseHeaderList } from '../../config/otlp-headers.ts';
import { OTLP_SINK } from './otlp-tool-call.ts';
import { bearerToken } from '../http/bearer-token.ts';
import { OtlpClient } from './collector-client.ts';
import { openDelivery } from '../sink-delivery.ts';
import type { OpenDelivery, SinkDeliveryOptions } from '../sink-delivery.ts';

export interface OtlpDeliveryOptions extends SinkDeliveryOptions {
  /** The name of this machine. */
  readonly machine: string;
}

/**
 * Delivery of tool calls to the collector that the configuration names. Whoever needs it imports it then:
 * OpenTelemetry's packages come with it.
 *
 * @throws TrackerError when the configuration can't be acted on: no endpoint, a bad one, a token file.
 */
export function openOtlpDelivery(options: OtlpDeliveryOptions): OpenDelivery {
  const { config, clock, proxy, machine } = options;
  const { api, otlp, pattern_tracking } = config;
  if (otlp.endpoint === null) {
    throw new TrackerError('E_NO_COLLECTOR', 'no collector is configured', {
      hint: 'Set otlp.endpoint in config.yaml.',
    });
  }
  const client = new OtlpClient({
    endpoint: otlp.endpoint,
    protocol: otlp.protocol,
    readHeaders: () => headersOf(otlp),
    allowInsecure: otlp.allow_insecure,
    traces: otlp.traces,
    logs: otlp.logs,
    details: otlp.tool_details,
    machine,
    timeoutMs: pattern_tracking.timeout * 1000,
    caFile: api.ca_file ?? undefined,
    proxy: api.proxy === null ? proxy : { httpProxy: api.proxy, httpsProxy: api.proxy },
    clock,
    monotonic: () => performance.now(),
  });
  return openDelivery(OTLP_SINK, client, options);
}

// --- internal ---

function headersOf({ headers, token_file }: Config['otlp']): Readonly<Record<string, string>> {
  const token = bearerToken({ token: null, tokenFile: token_file });
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(headers === null ? {} : parseHeaderList(headers)), // it is one: the schema says so
  };
}
