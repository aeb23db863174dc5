import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { Deadline } from '../../base/deadline.ts';
import type { Elapsed } from '../../base/deadline.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Config } from '../../config/config.ts';
import { toolCallFeed } from '../../delivery/sinks.ts';
import { Counters } from '../../store/database/counters.ts';
import type { Database } from '../../store/database/database.ts';
import { closeAbandonedCalls } from '../../store/maintenance/retention/abandoned-calls.ts';
import { RetentionPass } from '../../store/maintenance/retention/retention-pass.ts';
import type { RemovedByAge } from '../../store/maintenance/retention/retention-pass.ts';
import { SizeBound } from '../../store/maintenance/retention/size-bound.ts';
import { indexSearchChunk } from '../../store/maintenance/search-index.ts';
import { boundStatesChunk } from '../../store/maintenance/states/state-bound.ts';
import { repackStatesChunk } from '../../store/maintenance/states/state-repack.ts';
import { isRewriteDue, tidy, wipe } from '../../store/maintenance/wipe.ts';
import { finishForgetting } from '../forgetting.ts';
import { removeAbandoned } from '../spool/spool-bound.ts';

/** How often it does what is to be done now and then, in milliseconds. */
const UPKEEP_MS = 3_600_000;

/** How long a file's state is left alone after an event about it before it is compressed better, in milliseconds. */
const QUIET_STATE_MS = 600_000;

/** How many chunks of states it compresses in an hour: some 300 files. */
const REPACK_CHUNKS = 40;

/** How long it works before it looks for events again, in milliseconds. */
const SLICE_MS = 100;

/** Where upkeep is done, and with which clocks. */
export interface CourierUpkeepOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  readonly elapsed: Elapsed;
  /** The log as it is then. */
  readonly log: () => TrackerLog;
}

/** The work of an hour that has begun. */
interface Round {
  readonly database: Database;
  readonly pass: RetentionPass;
  /** What is left of it: each removes a little, and is true while there is more. */
  readonly chunks: (() => boolean)[];
}

/** What the courier does beside taking in events: it removes what is kept no longer, and finishes what others left. */
export class CourierUpkeep {
  readonly #options: CourierUpkeepOptions;
  #wait = Deadline.past();
  #rewriteWait = Deadline.past();
  #round: Round | undefined;

  constructor(options: CourierUpkeepOptions) {
    this.#options = options;
  }

  /** True while a part of the hour's work is left. */
  get isUnfinished(): boolean {
    return this.#round !== undefined;
  }

  /**
   * Does its work once an hour, a little of it at each call, so that no event waits long: call it again while it is
   * unfinished. False when nothing is due. @throws SQLite's error; the next hour tries again
   */
  async run(database: Database, config: Config, signal: AbortSignal): Promise<boolean> {
    if (!this.#round && !this.#wait.isOver) return false;
    // A database that was opened again knows nothing of what was begun.
    const begun = this.#round?.database === database ? this.#round : undefined;
    this.#round = undefined; // an error ends it
    const round = begun ?? (await this.#begin(database, config));
    const { pass, chunks } = round;
    const end = Deadline.in(SLICE_MS, this.#options.elapsed);
    for (let [chunk] = chunks; chunk && !signal.aborted; [chunk] = chunks) {
      if (!chunk()) chunks.shift();
      if (end.isOver && chunks.length > 0) {
        this.#round = round;
        return true;
      }
      await setImmediate();
    }
    tell(pass.removed, pass.isCut, this.#options.log());
    tidy(database); // what it could not do now, such as while somebody reads, it does in an hour
    return true;
  }

  async #begin(database: Database, config: Config): Promise<Round> {
    const { paths, clock, elapsed, log } = this.#options;
    this.#wait = Deadline.in(UPKEEP_MS, elapsed);
    const now = clock();
    new Counters(database).add('abandoned', removeAbandoned(paths, now));
    await finishForgetting(database, paths, now);
    const { raw_events_days, patterns_days, max_database_bytes: most } = config.retention;
    const pass = new RetentionPass(database, { now, raw_events_days, patterns_days });
    if (pass.isPossible) {
      const calls = toolCallFeed(config, database);
      closeAbandonedCalls(database, now, calls && ((end) => calls.put(end)));
    } else if (pass.isClockOdd)
      log().warn('Nothing is removed by its age: the last event is too old, or the clock is wrong');
    const bound = most === null ? undefined : new SizeBound(database, most);
    let repacks = REPACK_CHUNKS;
    const chunks = [
      () => pass.chunk(),
      () => boundStatesChunk(database),
      () => bound?.chunk() === true,
      () => (repacks -= 1) >= 0 && repackStatesChunk(database, now - QUIET_STATE_MS),
    ];
    return { database, pass, chunks };
  }

  /**
   * Takes what is new into the search index, while nothing else is to be done: call it when no event has come. True if
   * there is more. @throws SQLite's error
   */
  async index(database: Database, signal: AbortSignal): Promise<boolean> {
    const end = Deadline.in(SLICE_MS, this.#options.elapsed);
    while (!signal.aborted && indexSearchChunk(database)) {
      if (end.isOver) return true;
      await setImmediate();
    }
    return false;
  }

  /**
   * Leaves nothing in the file of what was removed, at most once a day. Meanwhile events wait in the spool, so call it
   * when none come. @throws SQLite's error; the next hour tries again
   */
  async rewrite(database: Database): Promise<void> {
    if (!this.#rewriteWait.isOver) return;
    const { clock, elapsed } = this.#options;
    this.#rewriteWait = Deadline.in(UPKEEP_MS, elapsed); // what keeps it from working may stay, such as a full disk
    const now = clock();
    if (isRewriteDue(database, now)) await wipe(database, now);
  }
}

// --- internal ---

function tell(removed: RemovedByAge, isCut: boolean, log: TrackerLog): void {
  if (Object.values(removed).every((count) => count === 0)) return;
  const more = isCut ? { left: 'more is due, and goes an hour later' } : {};
  log.info('What was kept long enough is removed', { ...removed, ...more });
}
