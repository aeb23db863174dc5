import type { Database } from '../../../store/database/database.ts';
import type { PatternStore } from '../pattern-store.ts';
import type { Evolution } from '../rows/evolution.ts';
import type { Execution, ExecutionFilter, ExecutionSummary } from '../rows/execution.ts';
import type { IntegrityReport } from '../rows/integrity-report.ts';
import type { AppliedImprovement, Feedback, PatternActivity } from '../rows/pattern-activity.ts';
import type { FoundPattern, SearchQuery } from '../rows/pattern-search.ts';
import type { Direction, Relatives, WalkLimits } from '../rows/relatives.ts';
import type { StoreStats } from '../rows/store-stats.ts';
import type {
  StoredPatternDetail,
  PatternListFilter,
  StoredPattern,
} from '../rows/stored-pattern.ts';
import type { TrackAnswer, TrackedEvent } from '../rows/tracked-event.ts';
import type { SqliteConnection } from './connection.ts';
import { patternActivity, patternDetail, storedPatterns, storeStats } from './queries.ts';
import {
  addFeedback,
  addImprovements,
  executionsOf,
  executionTotals,
  improvementsOf,
  integrityOf,
} from './records.ts';
import { SqliteSearch } from './search.ts';
import { SqliteTrack } from './track.ts';
import { evolutionOf, relativesOf } from './walk.ts';

/** Patterns that become findable in one transaction: about 10 ms. */
const INDEXED_AT_ONCE = 200;

/** Between two steps of indexing, and how much longer while events come, in milliseconds. */
const PAUSE_MS = 20;
const BUSY_PAUSE_MS = 500;

/** The patterns of one database file, which a courier may be filling at the same time. */
export class SqlitePatternStore implements PatternStore {
  readonly #connection: SqliteConnection;
  #prepared: Prepared | undefined;
  #isIndexing = false;
  /** How often something was tracked. */
  #written = 0;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async track(events: readonly TrackedEvent[]): Promise<TrackAnswer[]> {
    const answers = await this.#connection.write((database) =>
      this.#on(database).track.apply(events),
    );
    this.#written += 1;
    this.#indexLater();
    return [...answers];
  }

  async pattern(id: string): Promise<StoredPatternDetail | undefined> {
    return this.#connection.read((database) => patternDetail(database, id));
  }

  async patterns(filter: PatternListFilter): Promise<StoredPattern[]> {
    return this.#connection.read((database) => storedPatterns(database, filter));
  }

  async search(query: SearchQuery): Promise<FoundPattern[]> {
    await this.#indexNewest();
    return this.#connection.read((database) => this.#on(database).search.find(query));
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

  async recordFeedback(feedback: Feedback): Promise<void> {
    await this.#connection.write((database) => addFeedback(database, feedback));
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

  /** Statements are prepared anew when the file is another one. */
  #on(database: Database): Prepared {
    if (this.#prepared?.database !== database) {
      const track = new SqliteTrack(database);
      this.#prepared = { database, track, search: new SqliteSearch(database) };
    }
    return this.#prepared;
  }

  async #index(): Promise<number> {
    const waits = await this.#connection.read((database) => this.#on(database).search.waits());
    if (!waits) return 0;
    return this.#connection.write((database) => this.#on(database).search.index(INDEXED_AT_ONCE));
  }

  /** What another process has added lately. Without the lock it is searched in what there is. */
  async #indexNewest(): Promise<void> {
    try {
      const indexed = await this.#connection.tryWrite((database) =>
        this.#on(database).search.index(INDEXED_AT_ONCE),
      );
      if (indexed === INDEXED_AT_ONCE) this.#indexLater();
    } catch {
      // The search itself says what is wrong.
    }
  }

  /**
   * In small steps, each a transaction of its own: one after the other while nothing is written, seldom
   * while much is. What is left when the process ends, the next one does.
   */
  #indexLater(): void {
    if (this.#isIndexing) return;
    this.#isIndexing = true;
    const step = async (written: number): Promise<void> => {
      try {
        if ((await this.#index()) === INDEXED_AT_ONCE) return later();
      } catch {
        // The file is at fault or closed; the next search tries again.
      }
      this.#isIndexing = false;
      if (this.#written !== written) this.#indexLater();
    };
    const later = () => {
      const written = this.#written;
      setTimeout(() => {
        const isBusy = this.#written !== written;
        setTimeout(() => void step(this.#written), isBusy ? BUSY_PAUSE_MS : 0).unref();
      }, PAUSE_MS).unref();
    };
    later();
  }
}

// --- internal ---

interface Prepared {
  readonly database: Database;
  readonly track: SqliteTrack;
  readonly search: SqliteSearch;
}
