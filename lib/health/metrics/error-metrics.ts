/** How delivery has gone since the last reset, over all processes. Rates are 0 to 1; null means no data. */
export interface ErrorMetrics {
  /** Events that were attempted: the sum of the next two. */
  readonly total_requests: number;
  /** Events that the server has acknowledged. */
  readonly successful_requests: number;
  /** Events that were attempted and still wait, or are dead letters. */
  readonly failed_requests: number;
  readonly success_rate: number | null;
  /** Events that wait in the outbox. */
  readonly cached_events: number;
  readonly circuit_breaker_trips: number;
  /** Attempts beyond the first. */
  readonly retry_attempts: number;
  readonly avg_response_time_ms: number | null;
  readonly cache_hit_rate: number | null;
}
