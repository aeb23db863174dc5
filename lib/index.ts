// The public library: `import { PatternTracker } from 'claude-pattern-tracker'`.
export { TrackerError } from './base/errors.ts';
export type { ErrorMetrics } from './health/metrics/error-metrics.ts';
export type { HealthSummary } from './health/health-summary.ts';
export type { CircuitBreaker } from './health/circuit-breaker.ts';
export type {
  PatternApplication,
  PatternContext,
  PatternCreation,
  PatternDeprecation,
  PatternFork,
  PatternMerge,
  PatternModification,
} from './library/declaration.ts';
export type { FoundText, SimilarCode, SimilarQuery, TextQuery } from './library/code-query.ts';
export type { ConfigInput } from './library/config-input.ts';
export type { PatternTrackerOptions } from './library/library-options.ts';
export type {
  AnswerSource,
  LineageQuery,
  PatternLineage,
  PatternQuery,
  PatternRelative,
  TrackedPattern,
} from './library/pattern-query.ts';
export { PatternTracker } from './library/pattern-tracker.ts';
export type { PatternCache } from './library/pattern-tracker.ts';
