import { hexDigest } from '../../base/digest.ts';
import { errorCode } from '../../base/errors.ts';
import type { Config } from '../../contract/config.ts';
import { hookEventOf, NotAHookEventError, parseHookEvent } from '../../contract/hook-event.ts';
import { extractFragments } from '../../pattern/extract.ts';
import type { Fragment } from '../../pattern/fragment.ts';
import type { Redactor } from '../../pattern/redact.ts';
import { Counters } from '../../store/counters.ts';
import type { Database } from '../../store/database.ts';
import { EventWriter } from '../../store/event-writer.ts';
import type { ArrivedEvent } from '../../store/event-writer.ts';
import { SessionWriter } from '../../store/session-writer.ts';
import type { ProjectPlace } from '../../store/session-writer.ts';
import { ToolCallOutbox } from '../../store/delivery/tool-call-outbox.ts';
import { ToolCallWriter } from '../../store/tool-call-writer.ts';
import { HTTP_SINK } from '../../store/delivery/outbox.ts';
import { delivers, deliversToolCalls } from '../delivery/delivery-policy.ts';
import { OutboxFeed } from '../delivery/outbox-feed.ts';
import { PatternRecorder } from './pattern-recorder.ts';
import type { ProjectFinder } from '../project.ts';
import { readSpoolFile, registrationOf } from './spool-reader.ts';
import type { SpoolFile } from './spool-reader.ts';
import { shortenPayload } from './stored-payload.ts';

/** A spool file that holds no event we can take, and why. */
export interface BadFile {
  readonly file: SpoolFile;
  readonly reason: string;
}

interface PreparedEvent extends ArrivedEvent {
  readonly fragments: readonly Fragment[];
  readonly place: ProjectPlace | null;
  readonly redactions: number;
}

export interface IngestOptions {
  readonly config: Config;
  readonly redactor: Redactor;
  readonly projects: ProjectFinder;
  /** The name of this machine, for the sinks. */
  readonly machine: string;
}

/** Turns batches of spool files into rows; each batch is one transaction. */
export class Ingest {
  readonly #transaction: (work: () => void) => void;
  readonly #config: Config;
  readonly #redactor: Redactor;
  readonly #projects: ProjectFinder;
  readonly #events: EventWriter;
  readonly #sessions: SessionWriter;
  readonly #calls: ToolCallWriter;
  readonly #patterns: PatternRecorder;
  readonly #counters: Counters;

  constructor(database: Database, { config, redactor, projects, machine }: IngestOptions) {
    const inTransaction = database.transaction((work: () => void) => work());
    this.#transaction = (work) => inTransaction.immediate(work);
    this.#config = config;
    this.#redactor = redactor;
    this.#projects = projects;
    this.#events = new EventWriter(database);
    this.#sessions = new SessionWriter(database);
    const calls = deliversToolCalls(config) ? new ToolCallOutbox(database) : undefined;
    this.#calls = new ToolCallWriter(database, calls);
    const feed = delivers(config) ? new OutboxFeed(database, HTTP_SINK, machine) : undefined;
    this.#patterns = new PatternRecorder(database, config.patterns.id_scheme, feed);
    this.#counters = new Counters(database);
  }

  /**
   * Takes a batch; what it returns is bad, everything else is in the database when it returns.
   *
   * @throws SQLite's error when the database can't take anything (full, locked, corrupt).
   */
  take(files: readonly SpoolFile[]): BadFile[] {
    try {
      return this.#takeTogether(files);
    } catch (error) {
      if (isStoreFault(error)) throw error;
    }
    // One event that can't be written must not keep back the others of its batch.
    return files.flatMap((file) => {
      try {
        return this.#takeTogether([file]);
      } catch (error) {
        if (isStoreFault(error)) throw error;
        return [{ file, reason: 'failed' }];
      }
    });
  }

  /** One after the other, so that a batch takes the memory of one event. */
  #takeTogether(files: readonly SpoolFile[]): BadFile[] {
    const bad: BadFile[] = [];
    const total = { ingested: 0, duplicates: 0, redactions: 0 };
    try {
      this.#transaction(() => {
        for (const file of files) {
          const arrived = this.#prepare(file, bad);
          if (!arrived) continue;
          const isNew = this.#write(arrived);
          total[isNew ? 'ingested' : 'duplicates'] += 1;
          if (isNew) total.redactions += arrived.redactions;
        }
        this.#sessions.flush();
        this.#counters.add('ingested', total.ingested);
        this.#counters.add('duplicates', total.duplicates);
        this.#counters.add('redactions', total.redactions);
      });
      return bad;
    } catch (error) {
      this.#sessions.forget();
      throw error;
    }
  }

  /** The event in a file; undefined when the file is gone, or is bad and was noted so. */
  #prepare(file: SpoolFile, bad: BadFile[]): PreparedEvent | undefined {
    try {
      return this.#read(file);
    } catch (error) {
      bad.push({ file, reason: error instanceof NotAHookEventError ? error.reason : 'failed' });
      return undefined;
    }
  }

  /** Reads, parses, redacts: all that needs no database. */
  #read(file: SpoolFile): PreparedEvent | undefined {
    if (file.size > this.#config.courier.max_event_bytes) throw new NotAHookEventError('too-large');
    const text = readSpoolFile(file)?.trimEnd();
    if (text === undefined) return undefined;
    const asSent = parseHookEvent(text);
    const { payload, count } = this.#redactor.redactPayload(asSent.payload);
    const event = count > 0 ? hookEventOf(payload) : asSent;
    const stored = shortenPayload(event, this.#config.retention.max_string_bytes);
    return {
      event,
      digest: event.toolUseId ? '' : hexDigest(text, 32),
      spoolName: file.name,
      registration: registrationOf(file.name),
      receivedAt: Math.floor(file.writtenAt),
      size: file.size,
      payload: stored === asSent.payload ? text : JSON.stringify(stored),
      fragments: extractFragments(event),
      place: event.cwd ? this.#projects.find(event.cwd) : null,
      redactions: count,
    };
  }

  #write(arrived: PreparedEvent): boolean {
    const eventId = this.#events.write(arrived);
    if (eventId === undefined) return false;
    const { event, receivedAt: at, place, fragments } = arrived;
    this.#sessions.write(event, at, place);
    const toolUseId = this.#calls.write(event, at);
    if (fragments.length === 0) return true;
    this.#patterns.record(fragments, {
      eventId,
      sessionId: event.sessionId,
      toolUseId,
      toolName: event.toolName ?? '',
      projectId: this.#sessions.project(place),
      at,
    });
    return true;
  }
}

// --- internal ---

/** True when the store itself is at fault, and not the event. */
function isStoreFault(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return /^SQLITE_(?!CONSTRAINT|MISMATCH|TOOBIG|ERROR$)/.test(code);
}
