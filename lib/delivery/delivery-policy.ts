import type { Config } from '../config/config.ts';
import type { BreakerPolicy } from './breaker/breaker.ts';
import type { RetryPolicy } from './settlement.ts';

/** The breaker's policy, from `resilience.circuit_breaker` of the configuration. */
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

/** The waits between attempts, from `resilience.retry`. `random` returns a number from 0 to below 1. */
export function retryPolicy({ resilience: { retry } }: Config, random: () => number): RetryPolicy {
  return {
    baseMs: retry.base_delay * 1000,
    maxMs: retry.max_delay * 1000,
    maxFaults: retry.max_attempts,
    random,
  };
}
