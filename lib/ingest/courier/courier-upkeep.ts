import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Config } from '../../config/config.ts';
import { toolCallFeed } from '../../delivery/sinks.ts';
import { Counters } from '../../store/database/counters.ts';
import type { Database } from '../../store/database/database.ts';
import {
  closeAbandonedCalls,
  expireChunk,
  pruneChunk,
} from '../../store/maintenance/retention/retention.ts';
import { SizeBound } from '../../store/maintenance/retention/size-bound.ts';
import { boundStatesChunk } from '../../store/maintenance/states/state-bound.ts';
import { isRewriteDue, tidy, wipe } from '../../store/maintenance/wipe.ts';
import { finishForgetting } from '../forgetting.ts';
import { removeAbandoned } from '../spool/spool-bound.ts';

/** How often it does what is to be done now and then, in milliseconds. */
const UPKEEP_MS = 3_600_000;

/** What the courier does beside taking in events: it removes what is kept no longer, and finishes what others left. */
export class CourierUpkeep {
  readonly #paths: TrackerPaths;
  readonly #clock: Clock;
  #dueAt = 0;
  #rewriteAt = 0;

  constructor(paths: TrackerPaths, clock: Clock) {
    this.#paths = paths;
    this.#clock = clock;
  }

  /** Does its work once an hour; false when it is not due. @throws SQLite's error; the next hour tries again */
  async run(database: Database, config: Config, signal: AbortSignal): Promise<boolean> {
    const now = this.#clock();
    if (now < this.#dueAt) return false;
    this.#dueAt = now + UPKEEP_MS;
    new Counters(database).add('abandoned', removeAbandoned(this.#paths, now));
    const calls = toolCallFeed(config, database);
    closeAbandonedCalls(database, now, calls && ((end) => calls.put(end)));
    await finishForgetting(database, this.#paths, now);
    const { raw_events_days, patterns_days, max_database_bytes: most } = config.retention;
    const bound = most === null ? undefined : new SizeBound(database, most);
    const chunks = [
      () => pruneChunk(database, now, raw_events_days),
      () => patterns_days !== null && expireChunk(database, now, patterns_days),
      () => boundStatesChunk(database),
      () => bound?.chunk() === true,
    ];
    for (const chunk of chunks) while (!signal.aborted && chunk()) await setImmediate();
    tidy(database); // what it could not do now, such as while somebody reads, it does in an hour
    return true;
  }

  /**
   * Leaves nothing in the file of what was removed, at most once a day. Meanwhile events wait in the spool, so call it
   * when none come. @throws SQLite's error; the next hour tries again
   */
  async rewrite(database: Database): Promise<void> {
    const now = this.#clock();
    if (now < this.#rewriteAt) return;
    this.#rewriteAt = now + UPKEEP_MS; // what keeps it from working may stay, such as a full disk
    if (isRewriteDue(database, now)) await wipe(database, now);
  }
}
