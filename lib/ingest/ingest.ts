import { transcriptVersion } from '../claude-code/transcript-version.ts';
import { newestVersion } from '../claude-code/version.ts';
import type { Config } from '../config/config.ts';
import { NotAHookEventError } from '../event/hook-event.ts';
import type { NotAHookEventReason } from '../event/hook-event.ts';
import type { Redactor } from '../redact/redact.ts';
import type { Database } from '../store/database/database.ts';
import { noteClaudeVersion } from '../store/database/meta.ts';
import { RedactionCounts } from '../store/writers/redaction-counts.ts';
import { TrackerWriter } from '../store/writers/tracker-writer.ts';
import { patternFeed, toolCallFeed } from '../delivery/sinks.ts';
import { isReadFault, isStoreFault } from './passing-fault.ts';
import { PatternRecorder } from './pattern-recorder.ts';
import type { ProjectFinder } from './project.ts';
import { ArrivalReader } from './arrival.ts';
import type { Arrival, ArrivalLimits } from './arrival.ts';
import { TRANSCRIPT } from './spool/spool-reader.ts';
import type { SpoolFile } from './spool/spool-reader.ts';
import type { SpoolThread } from './spool/spool-thread.ts';
import { OutOfTimeError } from './work-guard.ts';
import type { WorkGuard } from './work-guard.ts';

/** A spool file whose event is not ingested, and why. */
export interface BadFile {
  readonly file: SpoolFile;
  /**
   * `slow`: it took too long this time, and may be tried again; `timed-out`: it did so too often; `unreadable`: the file
   * cannot be read now, which says nothing about its event.
   */
  readonly reason: NotAHookEventReason | 'failed' | 'slow' | 'timed-out' | 'unreadable';
  /** With the reasons `failed` and `unreadable`: the error. */
  readonly error?: unknown;
}

/** What ingest works with, besides the database. */
export interface IngestOptions {
  readonly config: Config;
  readonly redactor: Redactor;
  readonly projects: ProjectFinder;
  /** The name of this machine, which sinks are told. */
  readonly machine: string;
  /** Tells the version of the newest Claude Code on this machine. @default none is known */
  readonly newestClaude?: (() => string | undefined) | undefined;
  /** Keeps one event from stopping all others. @default nothing does */
  readonly guard?: WorkGuard | undefined;
  /** True if the events may be old: the disk is asked less often for ignore files. @default false */
  readonly isBacklog?: boolean | undefined;
  /** Called for each file whose event is stored for the first time, before the transaction ends. */
  readonly onStored?: ((file: SpoolFile) => void) | undefined;
}

/** Writes batches of spool files to tracker.db, each batch in one transaction. */
export class Ingest {
  readonly #database: Database;
  readonly #reader: ArrivalReader;
  readonly #projects: ProjectFinder;
  readonly #writer: TrackerWriter;
  readonly #patterns: PatternRecorder;
  readonly #redactions: RedactionCounts;
  readonly #newestClaude: () => string | undefined;
  readonly #guard: WorkGuard | undefined;
  readonly #onStored: IngestOptions['onStored'];

  constructor(
    database: Database,
    {
      config,
      redactor,
      projects,
      machine,
      newestClaude,
      guard,
      isBacklog = false,
      onStored,
    }: IngestOptions,
  ) {
    this.#database = database;
    this.#newestClaude = newestClaude ?? (() => undefined);
    this.#guard = guard;
    this.#onStored = onStored;
    this.#reader = new ArrivalReader(redactor, { ...arrivalLimits(config), isBacklog });
    this.#projects = projects;
    const calls = toolCallFeed(config, database);
    this.#writer = new TrackerWriter(database, { onEnded: calls && ((end) => calls.put(end)) });
    this.#redactions = new RedactionCounts(database);
    this.#patterns = new PatternRecorder(this.#writer.patterns, this.#writer.authorship, {
      scheme: config.patterns.id_scheme,
      feed: patternFeed(config, database, machine),
      clean: (text) => redactor.redactText(text).text,
    });
  }

  /**
   * Ingests a batch, with the help of `thread` if that was asked to read it. Returns the bad files; the
   * events of all others are in the database then.
   *
   * @throws SQLite's error when the database cannot be written at all (full, locked, corrupt)
   */
  take(files: readonly SpoolFile[], thread?: SpoolThread): BadFile[] {
    if (!this.#guard?.mustPart(files)) {
      try {
        return this.#takeTogether(files, thread);
      } catch (error) {
        if (isStoreFault(error, this.#database)) throw error;
      }
    }
    // An event that cannot be written must not hold up the others of its batch.
    return files.flatMap((file) => {
      try {
        return this.#takeTogether([file]);
      } catch (error) {
        if (isStoreFault(error, this.#database)) throw error;
        if (!(error instanceof OutOfTimeError)) return [{ file, reason: 'failed', error }];
        return [{ file, reason: this.#guard?.isGuilty(file) ? 'timed-out' : 'slow' }];
      }
    });
  }

  /** Ingests file by file, so that only one event is in memory at a time. */
  #takeTogether(files: readonly SpoolFile[], thread?: SpoolThread): BadFile[] {
    const bad: BadFile[] = [];
    this.#writer.transaction(() => {
      const work = () => this.#takeEach(files, thread, bad);
      if (this.#guard) this.#guard.during(files, work);
      else work();
    });
    return bad;
  }

  #takeEach(files: readonly SpoolFile[], thread: SpoolThread | undefined, bad: BadFile[]): void {
    this.#redactions.forget(); // what an earlier batch left that was rolled back
    const total = { ingested: 0, duplicates: 0, narrowed: 0, excluded: 0 };
    let transcript: string | undefined;
    let hasBegun = false; // a session
    for (const file of files) {
      const arrived = thread?.take(file) ?? this.#read(file, bad);
      if (arrived === 'excluded') total.excluded += 1;
      if (!arrived || arrived === 'excluded') continue;
      const isNew = this.#write(arrived);
      total[isNew ? 'ingested' : 'duplicates'] += 1;
      if (isNew && arrived.isNarrowed) total.narrowed += 1;
      if (isNew) this.#onStored?.(file);
      if (arrived.registration === TRANSCRIPT) continue; // which may be years old
      if (arrived.event.name === 'SessionStart') hasBegun = true;
      if (TURNS.has(arrived.event.name)) transcript = arrived.event.transcriptPath ?? transcript;
    }
    // One transcript a batch is enough to notice an update of Claude Code. Of a session that begins, it tells nothing
    // yet, or which version wrote the end of it last time: then the newest one counts that is installed.
    const written = transcript === undefined ? undefined : transcriptVersion(transcript);
    const version = hasBegun ? newestVersion([written, this.#newestClaude()]) : written;
    if (version !== undefined) noteClaudeVersion(this.#database, version);
    const { counters } = this.#writer;
    counters.add('ingested', total.ingested);
    counters.add('duplicates', total.duplicates);
    this.#redactions.flush();
    counters.add('narrowed', total.narrowed);
    counters.add('excluded', total.excluded);
  }

  /** Reads a file; undefined when it is gone, or bad and therefore added to `bad`. */
  #read(file: SpoolFile, bad: BadFile[]): Arrival | 'excluded' | undefined {
    try {
      return this.#reader.read(file);
    } catch (error) {
      if (error instanceof NotAHookEventError) bad.push({ file, reason: error.reason });
      else bad.push({ file, reason: isReadFault(error) ? 'unreadable' : 'failed', error });
      return undefined;
    }
  }

  #write(arrived: Arrival): boolean {
    const { events, sessions, calls, files } = this.#writer;
    const eventId = events.write(arrived);
    if (eventId === undefined) return false;
    const { event, receivedAt: at, changes, fileChanges } = arrived;
    const place = event.cwd ? this.#projects.find(event.cwd) : null;
    this.#redactions.add(arrived, place?.root ?? '', at);
    sessions.write(event, at, place);
    const toolUseId = calls.write(event, at, arrived.registration === TRANSCRIPT);
    const { sessionId } = event;
    files.write(fileChanges, { eventId, sessionId, toolUseId, at });
    if (changes.length === 0) return true;
    this.#patterns.record(changes, {
      eventId,
      sessionId,
      toolUseId,
      toolName: event.call?.toolName ?? '',
      projectId: sessions.project(place),
      at,
    });
    return true;
  }
}

/** The limits that the configuration sets for reading events. */
export function arrivalLimits({ capture, courier, retention }: Config): ArrivalLimits {
  return {
    maxEventBytes: courier.max_event_bytes,
    maxStringBytes: retention.max_string_bytes,
    capture,
  };
}

// --- internal ---

/** Events at which a transcript may tell the version. */
const TURNS: ReadonlySet<string> = new Set(['SessionStart', 'Stop', 'SessionEnd']);
