import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { noteRewritten, unwipedMark } from '../../../store/database/meta.ts';
import type { PatternStore } from '../pattern-store.ts';
import type { AcceptedEvent, AcceptedQuery } from '../rows/accepted-event.ts';
import type { Evolution } from '../rows/evolution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from '../rows/execution.ts';
import type { ForgetPlace, ForgetStep, Selection, WipeOptions } from '../rows/forgetting.ts';
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
import type { SqliteConnection } from './connection.ts';
import { addFeedback, addImprovements, improvementsOf, patternActivity } from './activity.ts';
import { executionsOf, executionTotals } from './executions.ts';
import { countStep } from './forgetting/forget-count.ts';
import { forgetStep } from './forgetting/forget.ts';
import { trimForgotten } from './forgetting/forgotten.ts';
import { integrityOf } from './integrity.ts';
import { patternDetail, repositories, storedPatterns, storeStats } from './patterns.ts';
import { perDatabase } from './per-database.ts';
import { SearchIndex } from './search-index.ts';
import { searchPatterns } from './search.ts';
import { similarPatterns } from './similar.ts';
import { acceptedEvents } from './accepted.ts';
import { SqliteTrack } from './track.ts';
import { partsOf } from '../track-parts.ts';
import { evolutionOf, relativesOf } from './walk.ts';

/** Larger files are rewritten only for a deletion that somebody asked for, in bytes: a second or two. */
const MOST_BYTES_WIPED = 128 * 1024 * 1024;

/** The patterns of one database file, which a courier may be filling at the same time. */
export class SqlitePatternStore implements PatternStore {
  readonly #connection: SqliteConnection;
  readonly #index: SearchIndex;
  readonly #track = perDatabase((database) => new SqliteTrack(database));

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#index = new SearchIndex(connection);
  }

  async track(events: readonly TrackedEvent[]): Promise<TrackAnswer[]> {
    const answers: TrackAnswer[] = [];
    for (const part of partsOf(events)) {
      // SQLite writes in this thread, so others have their turn after each part.
      if (answers.length > 0) await setImmediate();
      answers.push(
        ...(await this.#connection.write((database) => this.#track(database).apply(part))),
      );
    }
    this.#index.noteWrite();
    return answers;
  }

  async accepted(query: AcceptedQuery): Promise<AcceptedEvent[]> {
    return this.#connection.read((database) => acceptedEvents(database, query));
  }

  async pattern(id: string): Promise<StoredPatternDetail | undefined> {
    return this.#connection.read((database) => patternDetail(database, id));
  }

  async patterns(filter: PatternListFilter): Promise<StoredPattern[]> {
    return this.#connection.read((database) => storedPatterns(database, filter));
  }

  async repositories(): Promise<Repository[]> {
    return this.#connection.read(repositories);
  }

  async search(query: SearchQuery): Promise<FoundPattern[]> {
    await this.#index.indexNewest();
    return this.#connection.read((database) => searchPatterns(database, query));
  }

  async similar(query: LikenessQuery): Promise<LikePattern[]> {
    await this.#index.indexNewest();
    return this.#connection.read((database) => similarPatterns(database, query));
  }

  async relatives(
    id: string,
    direction: Direction,
    limits: WalkLimits,
  ): Promise<Relatives | undefined> {
    return this.#connection.read((database) => relativesOf(database, id, direction, limits));
  }

  async evolution(id: string, limits: WalkLimits): Promise<Evolution | undefined> {
    return this.#connection.read((database) => evolutionOf(database, id, limits));
  }

  async stats(): Promise<StoreStats> {
    return this.#connection.read(storeStats);
  }

  async activity(id: string, from: number, to: number): Promise<PatternActivity | undefined> {
    return this.#connection.read((database) => patternActivity(database, id, from, to));
  }

  async recordFeedback(feedback: Feedback): Promise<boolean> {
    return this.#connection.write((database) => addFeedback(database, feedback));
  }

  async applyImprovements(improvements: readonly AppliedImprovement[]): Promise<void> {
    await this.#connection.write((database) => addImprovements(database, improvements));
  }

  async appliedImprovements(patternId: string): Promise<AppliedImprovement[]> {
    return this.#connection.read((database) => improvementsOf(database, patternId));
  }

  async executions(filter: ExecutionFilter): Promise<Execution[]> {
    return this.#connection.read((database) => executionsOf(database, filter));
  }

  async executionSummary(agentName: string | undefined): Promise<ExecutionSummary[]> {
    return this.#connection.read((database) => executionTotals(database, agentName));
  }

  async integrity(patternId: string | undefined): Promise<IntegrityReport> {
    return this.#connection.read((database) => integrityOf(database, patternId));
  }

  async forgetStep(selection: Selection, place: ForgetPlace, now: number): Promise<ForgetStep> {
    return this.#connection.write((database) => forgetStep(database, selection, place, now));
  }

  async countStep(selection: Selection, place: ForgetPlace): Promise<ForgetStep> {
    return this.#connection.read((database) => countStep(database, selection, place));
  }

  async settleForgetting(now: number, { isUrgent, waitMs }: WipeOptions): Promise<void> {
    const mark = await this.#connection.write((database) => {
      trimForgotten(database, now);
      return unwipedMark(database);
    });
    if (mark === undefined) return;
    const wiped = this.#wipe(isUrgent ? Infinity : MOST_BYTES_WIPED, mark, now);
    // What takes longer goes on by itself; what fails is done again after the next deletion.
    await Promise.race([wiped.catch(() => {}), sleep(waitMs, undefined, { ref: false })]);
  }

  async #wipe(mostBytes: number, mark: string, now: number): Promise<void> {
    if (!(await this.#connection.wipe(mostBytes))) return;
    await this.#connection.write((database) => noteRewritten(database, mark, now));
  }
}
