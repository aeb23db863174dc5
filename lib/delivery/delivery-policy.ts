import type { TrackerPaths } from '../base/paths.ts';
import type { Config } from '../config/config.ts';
import { OTLP_SINK } from './collector/otlp-tool-call.ts';
import type { BreakerPolicy } from './breaker/breaker.ts';
import { HTTP_SINK } from './store/outbox.ts';
import type { RetryPolicy } from './settlement.ts';

/** True when the configuration names a server and wants patterns sent there. */
export function delivers({ api, pattern_tracking }: Config): boolean {
  return api.base_url !== null && pattern_tracking.enabled;
}

/** True when the configuration names a collector and wants tool calls sent there. */
export function deliversToolCalls({ otlp, pattern_tracking }: Config): boolean {
  return otlp.endpoint !== null && (otlp.traces || otlp.logs) && pattern_tracking.enabled;
}

/** A place that things recorded can be sent to, with an outbox, a breaker and a lock of its own. */
export interface Sink {
  /** As tracker.db has it. */
  readonly name: string;
  /** Its key in the configuration. */
  readonly key: string;
  /** Its address; null when none is configured. */
  readonly address: (config: Config) => string | null;
  readonly delivers: (config: Config) => boolean;
  readonly lockPath: (paths: TrackerPaths) => string;
}

/** The server that speaks the lineage API. */
export const HTTP: Sink = {
  name: HTTP_SINK,
  key: 'api.base_url',
  address: ({ api }) => api.base_url,
  delivers,
  lockPath: (paths) => paths.deliveryLock,
};

/** The collector that takes tool calls. */
export const OTLP: Sink = {
  name: OTLP_SINK,
  key: 'otlp.endpoint',
  address: ({ otlp }) => otlp.endpoint,
  delivers: deliversToolCalls,
  lockPath: (paths) => paths.otlpDeliveryLock,
};

/** Every sink there is. */
export const SINKS: readonly Sink[] = [HTTP, OTLP];

/** The sinks that the configuration sends to. */
export function configuredSinks(config: Config): Sink[] {
  return SINKS.filter((sink) => sink.delivers(config));
}

/** The circuit breaker that the configuration asks for. */
export function breakerPolicy({ resilience }: Config): BreakerPolicy {
  const breaker = resilience.circuit_breaker;
  return {
    failureThreshold: breaker.failure_threshold,
    recoveryTimeoutMs: breaker.recovery_timeout * 1000,
    halfOpenAttempts: breaker.half_open_attempts,
    permitMs: breaker.permit_seconds * 1000,
    slowCallMs: breaker.slow_call_seconds * 1000,
    slowCallRate: breaker.slow_call_rate,
    minimumCalls: breaker.minimum_calls,
    windowCalls: breaker.window_calls,
  };
}

/** The waits between attempts that the configuration asks for. */
export function retryPolicy({ resilience: { retry } }: Config, random: () => number): RetryPolicy {
  return {
    baseMs: retry.base_delay * 1000,
    maxMs: retry.max_delay * 1000,
    maxFaults: retry.max_attempts,
    random,
  };
}
