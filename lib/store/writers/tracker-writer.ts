import type { ToolCallEnd } from '../../event/tool-call.ts';
import { Counters } from '../database/counters.ts';
import type { Database } from '../database/database.ts';
import { AuthorshipTables } from './authorship/authorship-tables.ts';
import { Deprecations } from './deprecations.ts';
import { EventWriter } from './event-writer.ts';
import { FileChangeWriter } from './file-change-writer.ts';
import { PatternWriter } from './pattern-writer.ts';
import { SessionWriter } from './session-writer.ts';
import { ToolCallWriter } from './tool-call-writer.ts';

/** What a `TrackerWriter` calls while it writes. */
export interface TrackerWriterOptions {
  /** Called inside the transaction whenever a tool call has ended; see `ToolCallWriter`. */
  readonly onEnded?: ((end: ToolCallEnd) => void) | undefined;
}

/** The front of the writers: whoever records what happened writes it to tracker.db through this. */
export class TrackerWriter {
  readonly events: EventWriter;
  readonly sessions: SessionWriter;
  readonly calls: ToolCallWriter;
  readonly files: FileChangeWriter;
  readonly patterns: PatternWriter;
  readonly authorship: AuthorshipTables;
  readonly deprecations: Deprecations;
  readonly counters: Counters;
  readonly #transaction: (work: () => void) => void;

  constructor(database: Database, { onEnded }: TrackerWriterOptions = {}) {
    this.events = new EventWriter(database);
    this.sessions = new SessionWriter(database);
    this.calls = new ToolCallWriter(database, onEnded);
    this.files = new FileChangeWriter(database);
    this.patterns = new PatternWriter(database);
    this.authorship = new AuthorshipTables(database);
    this.deprecations = new Deprecations(database);
    this.counters = new Counters(database);
    const transaction = database.transaction((work: () => void) => work());
    this.#transaction = (work) => transaction.immediate(work);
  }

  /**
   * Runs `work` in one transaction, and writes at its end what the writers have gathered in memory. If
   * `work` throws, nothing was written and nothing is remembered.
   *
   * @throws what `work` throws, or SQLite's error
   */
  transaction(work: () => void): void {
    try {
      this.#transaction(() => {
        this.authorship.begin();
        work();
        this.authorship.flush();
        this.sessions.flush();
        this.calls.flush();
      });
    } catch (error) {
      this.sessions.forget(); // a project it remembers may have been rolled back
      this.calls.forget();
      this.authorship.forget();
      throw error;
    }
  }
}
