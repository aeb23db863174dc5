import type { AcceptedEvent, AcceptedQuery } from './rows/accepted-event.ts';
import type { Evolution } from './rows/evolution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from './rows/execution.ts';
import type { ForgetPlace, ForgetStep, Selection, WipeOptions } from './rows/forgetting.ts';
import type { IntegrityReport } from './rows/integrity-report.ts';
import type { AppliedImprovement, Feedback, PatternActivity } from './rows/pattern-activity.ts';
import type { LikePattern, LikenessQuery } from './rows/pattern-likeness.ts';
import type { FoundPattern, SearchQuery } from './rows/pattern-search.ts';
import type { Repository } from './rows/repository.ts';
import type { Direction, Relatives, WalkLimits } from './rows/relatives.ts';
import type { StoreStats } from './rows/store-stats.ts';
import type {
  PatternListFilter,
  StoredPattern,
  StoredPatternDetail,
} from './rows/stored-pattern.ts';
import type { TrackAnswer, TrackedEvent } from './rows/tracked-event.ts';

/** The patterns of one tenant. Every method may reject with `StoreUnavailableError`. */
export interface PatternStore {
  /**
   * Applies events in their order; resolves when they are durable. When it rejects, the first of them may have been
   * applied; the same events can be given again.
   */
  track(events: readonly TrackedEvent[]): Promise<TrackAnswer[]>;
  /** What `track` has applied, in the order of acceptance: for copies elsewhere. */
  accepted(query: AcceptedQuery): Promise<AcceptedEvent[]>;
  /** A pattern with its code. Here and below, undefined means that no pattern has this id. */
  pattern(id: string): Promise<StoredPatternDetail | undefined>;
  /** A page of patterns, the newest first. */
  patterns(filter: PatternListFilter): Promise<StoredPattern[]>;
  /** The repositories that the newest events tell of, each folder once. */
  repositories(): Promise<Repository[]>;
  /** Patterns by words; those that became known last come first. */
  search(query: SearchQuery): Promise<FoundPattern[]>;
  /** Patterns whose code is similar to a code, the most similar first. */
  similar(query: LikenessQuery): Promise<LikePattern[]>;
  relatives(id: string, direction: Direction, limits: WalkLimits): Promise<Relatives | undefined>;
  evolution(id: string, limits: WalkLimits): Promise<Evolution | undefined>;
  stats(): Promise<StoreStats>;
  /** What happened to a pattern from `from` to before `to`, in milliseconds since 1970. */
  activity(id: string, from: number, to: number): Promise<PatternActivity | undefined>;
  /**
   * Keeps feedback once; the same id for the same pattern changes nothing. False if what is kept under that id says
   * something else.
   */
  recordFeedback(feedback: Feedback): Promise<boolean>;
  /** Notes improvements as applied, each once. */
  applyImprovements(improvements: readonly AppliedImprovement[]): Promise<void>;
  /** The improvements applied to a pattern, oldest first, at most `MAX_IMPROVEMENTS`. */
  appliedImprovements(patternId: string): Promise<AppliedImprovement[]>;
  /** Tool calls, newest first. */
  executions(filter: ExecutionFilter): Promise<Execution[]>;
  /** Tool calls summed by agent and tool, the most executions first. */
  executionSummary(agentName: string | undefined): Promise<ExecutionSummary[]>;
  /** Checks one pattern and its edges, or the newest `CHECKED_PATTERNS` patterns. */
  integrity(patternId: string | undefined): Promise<IntegrityReport>;
  /**
   * Deletes some of the rows that a selection names, in one transaction of bounded size. `forget` in
   * `forgetting.ts` runs all steps. `now`: milliseconds since 1970.
   */
  forgetStep(selection: Selection, place: ForgetPlace, now: number): Promise<ForgetStep>;
  /** As `forgetStep`, but only counts the rows. */
  countStep(selection: Selection, place: ForgetPlace): Promise<ForgetStep>;
  /**
   * Ends a deletion: drops ids that were remembered for long enough, and leaves nothing of what was deleted in
   * the files of SQLite.
   */
  settleForgetting(now: number, options: WipeOptions): Promise<void>;
}
