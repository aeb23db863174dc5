import type { BreakerSummary } from './health-summary.ts';
import type { BreakerPhase, BreakerPolicy, BreakerState } from '../delivery/breaker/breaker.ts';

/** Where the state of a breaker is kept. */
export interface StoredBreaker {
  read(): BreakerState;
  reset(): unknown;
}

/** The circuit breaker of the server, shared by all processes: each property is read from tracker.db. */
export class CircuitBreaker {
  readonly #store: () => StoredBreaker;
  readonly #policy: BreakerPolicy;

  constructor(store: () => StoredBreaker, policy: BreakerPolicy) {
    this.#store = store;
    this.#policy = policy;
  }

  get state(): BreakerPhase {
    return this.#store().read().phase;
  }

  /** Failures in a row. */
  get failureCount(): number {
    return this.#store().read().consecutiveFailures;
  }

  get lastFailureTime(): Date | null {
    return dateOf(this.#store().read().lastFailureAt);
  }

  get lastSuccessTime(): Date | null {
    return dateOf(this.#store().read().lastSuccessAt);
  }

  /** Failures in a row that open the circuit. */
  get failureThreshold(): number {
    return this.#policy.failureThreshold;
  }

  /** Seconds that it stays open before the server is probed. */
  get recoveryTimeout(): number {
    return this.#policy.recoveryTimeoutMs / 1000;
  }

  /** Closes the circuit, for every process. */
  reset(): void {
    this.#store().reset();
  }

  toJSON(): BreakerSummary {
    return breakerSummary(this.#store().read(), this.#policy);
  }
}

/** The state and the policy of a circuit breaker, as JSON. */
export function breakerSummary(state: BreakerState, policy: BreakerPolicy): BreakerSummary {
  return {
    state: state.phase,
    failure_count: state.consecutiveFailures,
    last_failure_time: dateOf(state.lastFailureAt)?.toISOString() ?? null,
    last_success_time: dateOf(state.lastSuccessAt)?.toISOString() ?? null,
    failure_threshold: policy.failureThreshold,
    recovery_timeout: policy.recoveryTimeoutMs / 1000,
  };
}

// --- internal ---

function dateOf(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
