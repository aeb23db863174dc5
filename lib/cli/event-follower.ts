import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { errorCode } from '../base/errors.ts';
import { openDatabaseForReading } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { eventsAfter, firstEventSince, newestEventId } from '../store/queries/activity.ts';
import type { EventFilter, StoredEvent } from '../store/queries/activity.ts';

/** Which events to follow, and from when on. */
export interface FollowOptions {
  readonly path: string;
  readonly filter: Omit<EventFilter, 'since' | 'limit'>;
  /** Milliseconds since 1970; undefined for events from now on. */
  readonly since: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How often the database is looked at, in milliseconds. @default 250 */
  readonly intervalMs?: number;
}

/**
 * Yields every event from `since` on, then each one as it is stored, until the signal aborts or the
 * filter's `until` is over. It waits for the database to appear, and opens the new one when the file is
 * replaced.
 */
export async function* followEvents({
  path,
  filter,
  since,
  clock,
  signal,
  intervalMs = 250,
}: FollowOptions): AsyncGenerator<{ database: Database; event: StoredEvent }> {
  let open: { database: Database; inode: number } | undefined;
  let last: number | undefined;
  let known = 0; // the last of the events that were there at the start, of which only those from `since` on are meant
  let isFresh = false; // the file appeared or was replaced while we watched: everything in it is new
  try {
    while (!signal.aborted) {
      const isOver = clock() >= (filter.until ?? Infinity); // read once more, then end
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      if (open && open.inode !== inode) {
        open.database.close();
        open = undefined;
        last = undefined;
        isFresh = true;
      }
      if (inode === undefined) isFresh = true;
      const database = open?.database ?? openWhenReady(path);
      if (database && inode !== undefined) {
        open = { database, inode };
        if (last === undefined) {
          known = isFresh || since === undefined ? 0 : newestEventId(database);
          last = isFresh ? 0 : startOf(database, since);
        }
        for (;;) {
          const isKnown: boolean = last < known;
          const events: StoredEvent[] = isKnown
            ? eventsAfter(database, last, { ...filter, since, limit: BATCH }, known)
            : eventsAfter(database, last, { ...filter, limit: BATCH });
          for (const event of events) {
            last = event.id;
            yield { database, event };
            if (signal.aborted) return;
          }
          if (events.length === BATCH) continue;
          if (!isKnown) break;
          last = known;
        }
      }
      if (isOver) return;
      await delay(intervalMs, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  } finally {
    open?.database.close();
  }
}

// --- internal ---

/** How many events to read at a time. */
const BATCH = 500;

function startOf(database: Database, since: number | undefined): number {
  const first = since === undefined ? undefined : firstEventSince(database, since);
  return first === undefined ? newestEventId(database) : first - 1;
}

/** Undefined while there is no database, or the courier has not created its tables yet. */
function openWhenReady(path: string): Database | undefined {
  try {
    return openDatabaseForReading(path);
  } catch (error) {
    if (errorCode(error) === 'E_DATABASE_OLDER') return undefined;
    throw error;
  }
}
