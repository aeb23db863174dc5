import { statSync } from 'node:fs';
import { errorCode } from '../../base/errors.ts';
import { readSpool } from '../../health/spool-facts.ts';
import { openDatabaseForReading } from '../../store/database/database.ts';
import type { Database } from '../../store/database/database.ts';
import { newestEventId } from '../../store/queries/activity.ts';
import { changedSessions } from '../../store/queries/live/changed-sessions.ts';
import { countWaitingSessions } from '../../store/queries/live/waiting-sessions.ts';
import type { Sources } from '../server/sources.ts';
import type { Live, LiveState } from './live-message.ts';

/** Who is told of changes. */
export interface Listener {
  /** @param id that of the newest stored event */
  readonly onChange: (change: Live['change'], id: number) => void;
  readonly onState: (state: LiveState, id: number) => void;
  /** The watch has ended. */
  readonly onEnd: () => void;
}

/**
 * Looks at tracker.db for everybody who listens, with one statement and only while somebody does. It waits for the database to
 * appear, and opens the new one when the file is replaced.
 */
export class ChangeWatch {
  readonly #sources: Sources;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #open: { readonly database: Database; readonly inode: number } | undefined;
  #last = 0;
  #version: unknown;
  #state: LiveState | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** The id of the newest stored event; 0 when there is none. */
  newest(): number {
    return this.#timer ? this.#last : this.#look(newestEventId, 0);
  }

  /** How recording stands now. */
  state(): LiveState {
    const at = this.#sources.installation.now();
    const { oldestAt } = readSpool(this.#sources.installation.paths);
    return {
      at,
      behindMs: oldestAt === null ? 0 : Math.max(0, at - oldestAt),
      waiting: this.#look((database) => countWaitingSessions(database, at - WAITING_MS), 0),
      health: this.#sources.healthWord(),
    };
  }

  /**
   * Tells a listener of everything that was stored after the event `after`, at once and then as it comes, until the
   * function that is returned is called.
   */
  listen(listener: Listener, after: number): () => void {
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(listener);
    listener.onState((this.#state ??= this.state()), this.#last);
    if (after !== this.#last) {
      listener.onChange({ sessions: this.#sessionsAfter(after) }, this.#last);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  /** Stops looking, and tells whoever listens. */
  close(): void {
    for (const { onEnd } of this.#listeners) onEnd();
    this.#listeners.clear();
    this.#end();
  }

  #begin(): void {
    this.#last = this.#look(newestEventId, 0);
    this.#version = this.#look(dataVersion, undefined);
    let rounds = 0;
    this.#timer = setInterval(() => {
      rounds += 1;
      this.#round(rounds % STATE_ROUNDS === 0);
    }, INTERVAL_MS);
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#state = undefined;
    this.#open?.database.close();
    this.#open = undefined;
  }

  #round(isStateDue: boolean): void {
    const before = this.#open?.inode;
    const version = this.#look(dataVersion, undefined);
    const isOther = this.#open?.inode !== before;
    const isChanged = isOther || version !== this.#version;
    if (isChanged) {
      this.#version = version;
      const newest = this.#look(newestEventId, 0);
      const sessions = isOther ? null : this.#sessionsAfter(this.#last);
      this.#last = newest;
      for (const { onChange } of this.#listeners) onChange({ sessions }, newest);
    }
    if (!isChanged && !isStateDue) return;
    const state = this.state();
    const isNews = state.waiting !== this.#state?.waiting || state.health !== this.#state.health;
    this.#state = state;
    if (!isStateDue && !isNews) return;
    for (const { onState } of this.#listeners) onState(state, this.#last);
  }

  #sessionsAfter(after: number): readonly string[] | null {
    return this.#look((database) => changedSessions(database, after, MOST_EVENTS), null);
  }

  /** A database that cannot be read now is looked at again in the next round; the pages say what is wrong with it. */
  #look<T>(read: (database: Database) => T, otherwise: T): T {
    try {
      const database = this.#database();
      return database ? read(database) : otherwise;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return otherwise;
    }
  }

  #database(): Database | undefined {
    const { database: path } = this.#sources.installation.paths;
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (this.#open && this.#open.inode !== inode) {
      this.#open.database.close();
      this.#open = undefined;
    }
    if (!this.#open && inode !== undefined) {
      const database = openDatabaseForReading(path);
      if (database) this.#open = { database, inode };
    }
    return this.#open?.database;
  }
}

// --- internal ---

/** How often the database is looked at, in milliseconds: people do not notice less. */
const INTERVAL_MS = 200;
/** After this many rounds the state is told even if nothing has changed, so that whoever listens knows that it is connected. */
const STATE_ROUNDS = 10;
/** After more events, all is read again. */
const MOST_EVENTS = 5_000;
/** A session that has waited for longer was left, in milliseconds. */
const WAITING_MS = 24 * 3_600_000;

/** Another number whenever another process has written. */
function dataVersion(database: Database): unknown {
  return database.pragma('data_version', { simple: true });
}
