import type { PatternStore } from '../pattern-store.ts';
import type { AcceptedEvent, AcceptedQuery } from '../rows/accepted-event.ts';
import type { Evolution } from '../rows/evolution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from '../rows/execution.ts';
import type { ForgetPlace, ForgetStep, Selection } from '../rows/forgetting.ts';
import type { IntegrityReport } from '../rows/integrity-report.ts';
import type { AppliedImprovement, Feedback, PatternActivity } from '../rows/pattern-activity.ts';
import type { LikePattern, LikenessQuery } from '../rows/pattern-likeness.ts';
import type { FoundPattern, SearchQuery } from '../rows/pattern-search.ts';
import type { Direction, Relatives, WalkLimits } from '../rows/relatives.ts';
import type { Repository } from '../rows/repository.ts';
import type { StoreStats } from '../rows/store-stats.ts';
import type {
  StoredPatternDetail,
  PatternListFilter,
  StoredPattern,
} from '../rows/stored-pattern.ts';
import type { TrackAnswer, TrackedEvent } from '../rows/tracked-event.ts';
import type { PostgresConnection, Sql } from './connection.ts';
import type { Partitions } from './schema/partitions.ts';
import { AcceptedEvents } from './accepted.ts';
import { addFeedback, addImprovements, improvementsOf, patternActivity } from './activity.ts';
import { executionsOf, executionTotals } from './executions.ts';
import { countStep } from './forgetting/forget-count.ts';
import { forgetStep } from './forgetting/forget.ts';
import { trimForgotten } from './forgetting/forgotten.ts';
import { integrityOf } from './integrity.ts';
import { patternDetail, repositories, storedPatterns, storeStats } from './patterns.ts';
import { searchPatterns } from './search.ts';
import { similarPatterns } from './similar.ts';
import { keyText, storable, whole } from './text/storable.ts';
import type { Reader } from './servers/standby.ts';
import { applyEvents } from './track.ts';
import { evolutionOf, relativesOf } from './walk.ts';

/** What the stores of all tenants work with. */
export interface PatternStoreParts {
  readonly connection: PostgresConnection;
  /** Where questions go: the same connection, or a standby. */
  readonly reader: Reader;
  readonly partitions: Partitions;
}

/** The patterns of one tenant, whom every statement names. */
export class PostgresPatternStore implements PatternStore {
  readonly #connection: PostgresConnection;
  readonly #reader: Reader;
  readonly #accepted: AcceptedEvents;
  readonly #partitions: Partitions;
  readonly #tenant: string;

  constructor({ connection, reader, partitions }: PatternStoreParts, tenant: string) {
    this.#connection = connection;
    this.#reader = reader;
    this.#accepted = new AcceptedEvents(connection);
    this.#partitions = partitions;
    this.#tenant = tenant;
  }

  async track(events: readonly TrackedEvent[]): Promise<TrackAnswer[]> {
    const kept = storable(events).map(keepable);
    await this.#partitions.prepare(kept.map(({ at }) => at));
    return [...(await this.#run((sql) => applyEvents(sql, this.#tenant, kept)))];
  }

  accepted(query: AcceptedQuery): Promise<AcceptedEvent[]> {
    return this.#accepted.read(this.#tenant, query);
  }

  pattern(id: string): Promise<StoredPatternDetail | undefined> {
    return this.#read((sql) => patternDetail(sql, this.#tenant, storable(id)));
  }

  patterns(filter: PatternListFilter): Promise<StoredPattern[]> {
    return this.#read((sql) => storedPatterns(sql, this.#tenant, withKeys(storable(filter))));
  }

  repositories(): Promise<Repository[]> {
    return this.#read((sql) => repositories(sql, this.#tenant));
  }

  search(query: SearchQuery): Promise<FoundPattern[]> {
    return this.#read((sql) => searchPatterns(sql, this.#tenant, storable(query)));
  }

  similar(query: LikenessQuery): Promise<LikePattern[]> {
    return this.#read((sql) => similarPatterns(sql, this.#tenant, storable(query)));
  }

  relatives(id: string, direction: Direction, limits: WalkLimits): Promise<Relatives | undefined> {
    return this.#read((sql) => relativesOf(sql, this.#tenant, storable(id), direction, limits));
  }

  evolution(id: string, limits: WalkLimits): Promise<Evolution | undefined> {
    return this.#read((sql) => evolutionOf(sql, this.#tenant, storable(id), limits));
  }

  stats(): Promise<StoreStats> {
    return this.#read((sql) => storeStats(sql, this.#tenant));
  }

  activity(id: string, from: number, to: number): Promise<PatternActivity | undefined> {
    return this.#read((sql) => patternActivity(sql, this.#tenant, storable(id), from, to));
  }

  recordFeedback(feedback: Feedback): Promise<boolean> {
    return this.#run((sql) => addFeedback(sql, this.#tenant, storable(feedback)));
  }

  applyImprovements(improvements: readonly AppliedImprovement[]): Promise<void> {
    return this.#run((sql) => addImprovements(sql, this.#tenant, storable(improvements)));
  }

  appliedImprovements(patternId: string): Promise<AppliedImprovement[]> {
    return this.#read((sql) => improvementsOf(sql, this.#tenant, storable(patternId)));
  }

  executions(filter: ExecutionFilter): Promise<Execution[]> {
    return this.#read((sql) => executionsOf(sql, this.#tenant, withKeys(storable(filter))));
  }

  executionSummary(agentName: string | undefined): Promise<ExecutionSummary[]> {
    return this.#read((sql) => executionTotals(sql, this.#tenant, storable(agentName)));
  }

  integrity(patternId: string | undefined): Promise<IntegrityReport> {
    return this.#read((sql) => integrityOf(sql, this.#tenant, storable(patternId)));
  }

  forgetStep(selection: Selection, place: ForgetPlace, now: number): Promise<ForgetStep> {
    const kept = withKeys(storable(selection));
    return this.#run((sql) => forgetStep(sql, this.#tenant, kept, place, now));
  }

  countStep(selection: Selection, place: ForgetPlace): Promise<ForgetStep> {
    const kept = withKeys(storable(selection));
    return this.#run((sql) => countStep(sql, this.#tenant, kept, place));
  }

  /** Dead rows are left to PostgreSQL's vacuum. */
  settleForgetting(now: number): Promise<void> {
    return this.#run((sql) => trimForgotten(sql, this.#tenant, now));
  }

  #read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#reader.run(work);
  }

  /** May run `work` twice, so every call has the same effect when repeated. */
  #run<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#connection.run(work);
  }
}

// --- internal ---

function keepable(event: TrackedEvent): TrackedEvent {
  return {
    ...event,
    sessionId: keyText(event.sessionId),
    toolUseId: keyText(event.toolUseId),
    startLine: whole(event.startLine),
    endLine: whole(event.endLine),
    at: whole(event.at),
    receivedAt: whole(event.receivedAt),
  };
}

function withKeys<T extends { readonly sessionId?: string | undefined }>(filter: T): T {
  return { ...filter, sessionId: keyText(filter.sessionId) };
}
