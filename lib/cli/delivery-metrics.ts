import type { ErrorMetrics } from '../contract/error-metrics.ts';
import type { LatencyHistogram } from '../store/metrics.ts';

/** What `pattern-tracker metrics` shows. */
export interface DeliveryMetrics extends ErrorMetrics {
  readonly dead_letters: number;
  readonly dropped_events: number;
  readonly http_requests: number;
  readonly http_failures: number;
  readonly latency: LatencyHistogram;
}
