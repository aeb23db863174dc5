import { setTimeout as sleep } from 'node:timers/promises';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { Clock } from '../../base/clock.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { makeWayForFile } from '../../base/regular-file.ts';
import { databaseStamp, glanceText, storedState } from '../glance.ts';
import type { Database } from '../../store/database/database.ts';
import { patternsOfSession } from '../../store/queries/sessions.ts';

/** The sessions whose patterns are kept: the newest ones. */
const MOST_SESSIONS = 20;
/** A longer session id, in characters, is not kept; Claude's have 36. */
const MOST_ID = 200;
/** How long nothing has happened before it writes, in milliseconds: a burst of events costs one file. */
const QUIET_MS = 50;
/**
 * How old the last change of the database has to be, in milliseconds. File systems tell the time in ticks of up to 10
 * ms: of two changes in one tick, the second might not show.
 */
const SETTLED_MS = 20;

/**
 * Keeps `data/glance.json` up to date: what the status line shows of tracker.db. Whatever keeps it from being written,
 * the status line then asks the database.
 */
export class CourierGlance {
  readonly #paths: Pick<TrackerPaths, 'glance' | 'database'>;
  readonly #clock: Clock;
  readonly #database: () => Database | undefined;
  readonly #counts = new Map<string, number>();
  /** Up to where the counts are right; undefined when they have to be made from the start. */
  #counted:
    | { readonly database: Database; readonly version: unknown; readonly event: number }
    | undefined;
  #writtenMark: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `database` returns the connection that is open now. */
  constructor(
    paths: Pick<TrackerPaths, 'glance' | 'database'>,
    clock: Clock,
    database: () => Database | undefined,
  ) {
    this.#paths = paths;
    this.#clock = clock;
    this.#database = database;
  }

  /** Writes it soon, if the database has changed, and unless it is called again before. */
  plan(): void {
    clearTimeout(this.#timer);
    if (!this.#database() || this.#isWritten()) return;
    this.#timer = setTimeout(() => {
      if (!this.#write()) this.plan();
    }, QUIET_MS);
  }

  /** Has all counts made again, after this connection has removed something. */
  recount(): void {
    this.#counted = undefined;
    this.#writtenMark = undefined;
  }

  /** Writes it for the time when no courier lives. Call it before the database is closed, which changes nothing then. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    const database = this.#database();
    if (!database) return;
    try {
      database.pragma('busy_timeout = 0'); // a long reader must not keep the courier here
      database.pragma('wal_checkpoint(TRUNCATE)');
      if (this.#isWritten()) return;
      await sleep(2 * SETTLED_MS);
      this.#write();
    } catch {
      // The database is at fault, and was or will be reported where it is used.
    }
  }

  #isWritten(): boolean {
    return databaseStamp(this.#paths.database)?.mark === this.#writtenMark;
  }

  /** False when the last change is too fresh. */
  #write(): boolean {
    const { glance, database: path } = this.#paths;
    const database = this.#database();
    // Read first: what somebody changes meanwhile makes the stamp wrong, and the glance is not believed.
    const stamp = databaseStamp(path);
    if (!database || !stamp) return true;
    if (Math.abs(this.#clock() - stamp.changedAt) < SETTLED_MS) return false;
    try {
      this.#count(database);
      const text = glanceText({ patterns: this.#counts, ...storedState(database) }, stamp.mark);
      makeWayForFile(glance);
      writeFileAtomic(glance, text, { mode: 0o600, fsync: false });
      this.#writtenMark = stamp.mark;
    } catch {
      // A full disk, or a damaged database: the next change tries again.
    }
    return true;
  }

  /** Counts the patterns of the sessions that new events belong to; of all when somebody else has written. */
  #count(database: Database): void {
    const version: unknown = database.pragma('data_version', { simple: true });
    const event =
      database.prepare<[], number | null>('SELECT max(id) FROM events').pluck().get() ?? 0;
    const { database: known, version: knownVersion, event: from } = this.#counted ?? {};
    const isKnown = known === database && knownVersion === version && from !== undefined;
    if (!isKnown) this.#counts.clear();
    const sessions = isKnown ? sessionsSince(database, from) : newestSessions(database);
    for (const session of sessions) this.#note(session, patternsOfSession(database, session));
    this.#counted = { database, version, event };
  }

  #note(session: string, patterns: number | undefined): void {
    this.#counts.delete(session);
    if (patterns === undefined || session.length > MOST_ID) return;
    this.#counts.set(session, patterns); // as the last one: the first is the next to go
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_SESSIONS && oldest !== undefined) this.#counts.delete(oldest);
  }
}

// --- internal ---

/** The oldest first. */
function newestSessions(database: Database): string[] {
  return database
    .prepare<[number], string>('SELECT id FROM sessions ORDER BY last_event_at DESC LIMIT ?')
    .pluck()
    .all(MOST_SESSIONS)
    .toReversed();
}

/** The sessions of the events after `event`. */
function sessionsSince(database: Database, event: number): string[] {
  return database
    .prepare<[number], string>('SELECT DISTINCT session_id FROM events WHERE id > ?')
    .pluck()
    .all(event);
}
