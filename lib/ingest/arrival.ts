import { processElapsed } from '../base/deadline.ts';
import { placesOf } from '../authorship/apply-text-change.ts';
import { textChanges } from '../authorship/payload/text-change.ts';
import type { FileChange, TextChange } from '../authorship/payload/text-change.ts';
import { systemClock } from '../base/clock.ts';
import { hexDigest } from '../base/digest.ts';
import type { Config } from '../config/config.ts';
import { eventRecord } from '../event/event-record.ts';
import {
  hookEventOf,
  LEFT_OUT_OF_BATCH,
  NotAHookEventError,
  parseHookEvent,
} from '../event/hook-event.ts';
import type { HookEvent } from '../event/hook-event.ts';
import type { Redactor } from '../redact/redact.ts';
import { packedPayload } from '../store/database/payload/packed-payload.ts';
import type { ArrivedEvent } from '../store/writers/event-writer.ts';
import { FileNames } from './file-names.ts';
import { LeftChanges } from './left-changes.ts';
import type { ToldChanges } from './left-changes.ts';
import { CapturePolicy } from './policy/capture-policy.ts';
import type { JudgedEvent } from './policy/capture-policy.ts';
import { ProjectFinder } from './project.ts';
import { readSpoolFile, registrationOf } from './spool/spool-reader.ts';
import type { SpoolFile } from './spool/spool-reader.ts';
import { shortenPayload } from './stored-payload.ts';

/** What one spool file brings, redacted. It has plain values only, so that it can cross threads. */
export interface Arrival extends ArrivedEvent {
  /** What it did to files, as far as it tells. */
  readonly changes: readonly TextChange[];
  readonly fileChanges: readonly FileChange[];
  /** How many secrets were redacted, by the rule that found them; `unchecked` for what was left out. */
  readonly redactions: Readonly<Record<string, number>>;
  /** How many characters were left out unchecked. */
  readonly unchecked: number;
  /** True when the capture policy left something out. */
  readonly isNarrowed: boolean;
}

/** What may be taken of an event; sizes in bytes. */
export interface ArrivalLimits {
  /** A larger file is quarantined. */
  readonly maxEventBytes: number;
  /** A longer string in a payload is cut before it is stored. */
  readonly maxStringBytes: number;
  /** What is kept of it. */
  readonly capture: Config['capture'];
  /** True for a reader of a backlog, which asks the disk for ignore files less often. @default false */
  readonly isBacklog?: boolean;
}

/** Reads, parses and redacts spool files: every step of ingest that needs no database. */
export class ArrivalReader {
  readonly #redactor: Redactor;
  readonly #limits: ArrivalLimits;
  readonly #policy: CapturePolicy;
  readonly #names: FileNames;
  readonly #left: LeftChanges;

  constructor(redactor: Redactor, limits: ArrivalLimits) {
    this.#redactor = redactor;
    this.#limits = limits;
    this.#policy = new CapturePolicy(
      limits.capture,
      new ProjectFinder(processElapsed, (text) => text),
    );
    this.#left = new LeftChanges(redactor);
    this.#names = new FileNames(processElapsed, (text) => redactor.redactText(text).text);
  }

  /**
   * Reads a file; undefined when it is gone, `excluded` when nothing of its event may be kept.
   *
   * @throws NotAHookEventError when it holds no hook event
   */
  read(file: SpoolFile): Arrival | 'excluded' | undefined {
    if (file.size > this.#limits.maxEventBytes) throw new NotAHookEventError('too-large');
    const text = readSpoolFile(file, this.#limits.maxEventBytes)?.trimEnd();
    if (text === undefined) return undefined;
    const asSent = parseHookEvent(text, file.payload);
    const judged = this.#policy.judge(
      asSent,
      text,
      this.#limits.isBacklog ? file.writtenAt : undefined,
    );
    if (!judged) return 'excluded';
    const { payload, count, kinds, leftOut } = this.#redactor.redactPayload(judged.event.payload);
    const event = count > 0 ? hookEventOf(payload) : judged.event;
    const kept = judged.stored(event);
    const stored = shortenPayload(kept, this.#limits.maxStringBytes);
    const told = judged.keepsCode ? this.#told(event, asSent, judged, file) : NOTHING;
    return {
      event: eventRecord(kept, event),
      digest: event.toolUseId ? '' : hexDigest(text, 32),
      spoolName: file.name,
      registration: registrationOf(file.name),
      // A time to come was set by hand or by a clock that was wrong; kept, it would count as the last for years.
      receivedAt: Math.floor(Math.min(file.writtenAt, systemClock())),
      size: file.size,
      // Never a text that somebody else wrote: of a key that an object has twice, only the last value was parsed and checked.
      payload: packedPayload(stored === file.payload ? text : JSON.stringify(stored)),
      changes: this.#named(told.changes, event.cwd),
      fileChanges: told.others.map((other) => {
        return { ...other, filePath: this.#names.find(other.filePath, event.cwd) };
      }),
      redactions: added(kinds, told.redactions),
      unchecked: leftOut + told.unchecked,
      isNarrowed: judged.event !== asSent || kept !== event || LEFT_OUT_OF_BATCH in asSent.payload,
    };
  }

  #told(
    event: HookEvent,
    asSent: HookEvent,
    { keepsCodeOf }: JudgedEvent,
    { writtenAt }: SpoolFile,
  ): ToldChanges {
    const { changes, others } = textChanges(event);
    const shown = event === asSent ? changes : placed(changes, asSent);
    return this.#left.with({ changes: shown, others }, event, { writtenAt, isKept: keepsCodeOf });
  }

  /** With the names by which the files are stored. */
  #named(changes: readonly TextChange[], cwd: string | undefined): TextChange[] {
    return changes.flatMap((change) => {
      // A command that makes a link has not written the file that it leads to; Claude Code shows a link as its target's name.
      if (change.isProgram && this.#names.isLink(change.path, cwd)) return [];
      const path = this.#names.find(change.path, cwd);
      return [path === change.path ? change : { ...change, path, calledPath: change.path }];
    });
  }
}

// --- internal ---

const NOTHING: ToldChanges = { changes: [], others: [], redactions: {}, unchecked: 0 };

function added(one: Arrival['redactions'], other: Arrival['redactions']): Arrival['redactions'] {
  const sum = { ...one };
  for (const [kind, count] of Object.entries(other)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}

/**
 * The changes with the places of their pieces, where the event as it was sent tells others: of a secret, several lines may
 * have gone.
 */
function placed(changes: readonly TextChange[], asSent: HookEvent): TextChange[] {
  const sent = textChanges(asSent).changes;
  return changes.map((change, index) => {
    const isSame = sent.length === changes.length;
    const whole = isSame ? sent[index] : sent.find(({ path }) => path === change.path);
    if (whole === undefined || change.places !== undefined) return change;
    const places = placesOf(whole);
    return places.length === placesOf(change).length ? { ...change, places } : change;
  });
}
