// The public library: `import { PatternTracker } from 'claude-pattern-tracker'`.
export { TrackerError } from './base/errors.ts';
export type { ErrorMetrics } from './contract/error-metrics.ts';
export type { HealthSummary } from './contract/health-summary.ts';
export type { CircuitBreaker } from './tracker/delivery/circuit-breaker.ts';
export type {
  PatternApplication,
  PatternContext,
  PatternCreation,
  PatternDeprecation,
  PatternFork,
  PatternMerge,
  PatternModification,
} from './tracker/library/declaration.ts';
export type { ConfigInput, PatternTrackerOptions } from './tracker/library/library-settings.ts';
export type {
  AnswerSource,
  LineageQuery,
  PatternLineage,
  PatternQuery,
  PatternRelative,
  TrackedPattern,
} from './tracker/library/pattern-query.ts';
export { PatternTracker } from './tracker/library/pattern-tracker.ts';
export type { PatternCache } from './tracker/library/pattern-tracker.ts';
