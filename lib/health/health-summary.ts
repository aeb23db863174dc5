/** A circuit breaker, as JSON. Times are ISO 8601. */
export interface BreakerSummary {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Failures in a row. */
  readonly failure_count: number;
  readonly last_failure_time: string | null;
  readonly last_success_time: string | null;
  readonly failure_threshold: number;
  /** Seconds. */
  readonly recovery_timeout: number;
}

/** The health of delivery to the server, as JSON. */
export interface HealthSummary {
  /** `degraded`: something needs a look. `unhealthy`: tracker.db cannot be used, or nothing is recorded. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** Whether the server's last answer was good; null when there is no server, or it was never asked. */
  readonly api_available: boolean | null;
  /** Answers in the cache. */
  readonly cache_size: number;
  readonly base_url: string | null;
  /** False when tracking is switched off. */
  readonly enabled: boolean;
  readonly outbox: {
    readonly waiting: number;
    readonly dead: number;
    /** ISO 8601. */
    readonly oldest_at: string | null;
  };
  readonly circuit_breaker: BreakerSummary | null;
  /** Why it is not healthy, a sentence each. */
  readonly reasons: readonly string[];
}
