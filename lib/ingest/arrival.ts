import { hexDigest } from '../base/digest.ts';
import { eventRecord } from '../event/event-record.ts';
import { hookEventOf, NotAHookEventError, parseHookEvent } from '../event/hook-event.ts';
import { extractFragments } from '../pattern/extract.ts';
import type { Fragment } from '../pattern/fragment.ts';
import type { Redactor } from '../redact/redact.ts';
import type { ArrivedEvent } from '../store/writers/event-writer.ts';
import { readSpoolFile, registrationOf } from './spool/spool-reader.ts';
import type { SpoolFile } from './spool/spool-reader.ts';
import { shortenPayload } from './stored-payload.ts';

/** What one spool file brings, redacted. It has plain values only, so that it can cross threads. */
export interface Arrival extends ArrivedEvent {
  readonly fragments: readonly Fragment[];
  /** Secrets that were redacted. */
  readonly redactions: number;
}

/** Limits of an event, in bytes. */
export interface ArrivalLimits {
  /** A larger file is quarantined. */
  readonly maxEventBytes: number;
  /** A longer string in a payload is cut before it is stored. */
  readonly maxStringBytes: number;
}

/** Reads, parses and redacts spool files: every step of ingest that needs no database. */
export class ArrivalReader {
  readonly #redactor: Redactor;
  readonly #limits: ArrivalLimits;

  constructor(redactor: Redactor, limits: ArrivalLimits) {
    this.#redactor = redactor;
    this.#limits = limits;
  }

  /**
   * Reads a file; undefined when it is gone.
   *
   * @throws NotAHookEventError when it holds no hook event
   */
  read(file: SpoolFile): Arrival | undefined {
    if (file.size > this.#limits.maxEventBytes) throw new NotAHookEventError('too-large');
    const text = readSpoolFile(file, this.#limits.maxEventBytes)?.trimEnd();
    if (text === undefined) return undefined;
    const asSent = parseHookEvent(text);
    const { payload, count } = this.#redactor.redactPayload(asSent.payload);
    const event = count > 0 ? hookEventOf(payload) : asSent;
    const stored = shortenPayload(event, this.#limits.maxStringBytes);
    return {
      event: eventRecord(event),
      digest: event.toolUseId ? '' : hexDigest(text, 32),
      spoolName: file.name,
      registration: registrationOf(file.name),
      receivedAt: Math.floor(file.writtenAt),
      size: file.size,
      // Never the text itself: of a key that an object has twice, only the last value was parsed and checked.
      payload: JSON.stringify(stored),
      fragments: extractFragments(event),
      redactions: count,
    };
  }
}
