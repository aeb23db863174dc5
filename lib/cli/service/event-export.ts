import { setTimeout as delay } from 'node:timers/promises';
import { isoTime } from '../../base/clock.ts';
import { errorMessage } from '../../base/errors.ts';
import type { PatternStore } from '../../service/store/pattern-store.ts';
import type { AcceptedEvent } from '../../service/store/rows/accepted-event.ts';
import type { ServiceStore } from '../../service/store/service-store.ts';
import { StoreUnavailableError } from '../../service/store/store-unavailable-error.ts';
import { UsageError } from '../arguments/usage-error.ts';
import type { CliEnvironment } from '../environment.ts';
import { jsonLine } from '../export/call-formats.ts';
import { EVENT_SOURCE, EVENT_TYPES } from '../output/cloud-event.ts';
import {
  FileOutput,
  HttpOutput,
  OutputBusyError,
  storedOffset,
  storeOffset,
} from './event-output.ts';
import type { EventOutput } from './event-output.ts';

/** The options of `service export`. */
export const exportArgs = {
  follow: { type: 'boolean', description: 'For export: go on as events come, until a signal' },
  output: { type: 'string', valueHint: 'file', description: 'For export: append to this file' },
  to: { type: 'string', valueHint: 'url', description: 'For export: POST lines to this address' },
  'offset-file': {
    type: 'string',
    valueHint: 'file',
    description: 'For export: where it is kept how far it is (default FILE.offset beside --output)',
  },
  from: {
    type: 'string',
    valueHint: 'n',
    description: 'For export: only what came after number n',
  },
  code: { type: 'boolean', description: 'For export: with the code of patterns' },
} as const;

/** What is exported, and to where. */
export interface EventExportArgs {
  readonly tenant: string;
  readonly follow?: boolean | undefined;
  readonly output?: string | undefined;
  readonly to?: string | undefined;
  readonly 'offset-file'?: string | undefined;
  readonly from?: string | undefined;
  readonly code?: boolean | undefined;
}

/**
 * Checks the arguments, and returns what writes the events of a tenant. Each is written at least once: what was
 * written is noted after it is safe there, so a process that is killed in between writes its last part again.
 */
export function exportEvents(cli: CliEnvironment, args: EventExportArgs) {
  const { output: file, to: url, follow = false, tenant } = args;
  if (file !== undefined && url !== undefined)
    throw new UsageError('--output and --to exclude each other');
  const offsetFile = args['offset-file'] ?? (file === undefined ? undefined : `${file}.offset`);
  if (url !== undefined && offsetFile === undefined) {
    const hint = 'With it, the next export goes on where this one ended.';
    throw new UsageError('--to needs an --offset-file', hint);
  }
  const given = args.from === undefined ? undefined : numberOf(args.from);
  const authorization = cli.env['PATTERN_TRACKER_EXPORT_AUTHORIZATION'];
  return async (store: ServiceStore): Promise<void> => {
    const signal = cli.interruption();
    const output: EventOutput = file
      ? new FileOutput(file)
      : url
        ? new HttpOutput(url, authorization)
        : { write: async (text: string) => cli.out(text) };
    const noted = offsetFile === undefined ? 0 : storedOffset(offsetFile);
    // A file that was cut off since ends before what was noted.
    const from = given ?? Math.min(noted, output.lastNumber ?? noted);
    const run = new EventExport(store.tenant(tenant), output, {
      tenant,
      follow,
      withCode: args.code ?? false,
      signal,
      note: (number) => {
        if (offsetFile !== undefined) storeOffset(offsetFile, number);
      },
      warn: (text) => cli.err(`${text}\n`),
    });
    await run.from(from);
  };
}

// --- internal ---

/** Events that are read and written at a time. */
const PART = 1_000;
/** How often it is looked for new events, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** The longest pause between two tries, in milliseconds. */
const MOST_PAUSE_MS = 30_000;
/** How often an export that does not follow tries to write a part. */
const MOST_TRIES = 5;

interface EventExportOptions {
  readonly tenant: string;
  readonly follow: boolean;
  readonly withCode: boolean;
  readonly signal: AbortSignal;
  /** Keeps that all up to this number is written. */
  readonly note: (number: number) => void;
  readonly warn: (text: string) => void;
}

class EventExport {
  readonly #store: PatternStore;
  readonly #output: EventOutput;
  readonly #options: EventExportOptions;

  constructor(store: PatternStore, output: EventOutput, options: EventExportOptions) {
    this.#store = store;
    this.#output = output;
    this.#options = options;
  }

  /** Writes what came after `number`, and goes on if it follows. */
  async from(number: number): Promise<void> {
    const { follow, withCode, signal, note, tenant } = this.#options;
    let after = number;
    while (!signal.aborted) {
      const events = await this.#persist(() =>
        this.#store.accepted({ after, limit: PART, withCode }),
      );
      const last = events?.at(-1);
      if (events && last) {
        const text = events.map((event) => jsonLine(acceptedAsCloudEvent(tenant, event))).join('');
        const isWritten = await this.#persist(async () => {
          await this.#output.write(text);
          return true;
        });
        if (!isWritten) return;
        after = last.number;
        note(after);
      } else if (follow) await this.#pause(LOOK_EVERY_MS);
      else return;
    }
  }

  /** Tries again what may pass; undefined if a signal ended it. */
  async #persist<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { follow, signal, warn } = this.#options;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        return await work();
      } catch (error) {
        const mayPass = error instanceof StoreUnavailableError || error instanceof OutputBusyError;
        if (!mayPass || (!follow && tries >= MOST_TRIES)) throw error;
        warn(`${errorMessage(error)}; trying again`);
        await this.#pause(Math.min(500 * 2 ** tries, MOST_PAUSE_MS));
      }
    }
    return undefined;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#options.signal }).catch(() => {});
  }
}

/** `sequence` is the extension of CloudEvents of this name: its texts sort as the numbers do. */
function acceptedAsCloudEvent(tenant: string, event: AcceptedEvent) {
  return {
    specversion: '1.0',
    id: event.eventId,
    source: `${EVENT_SOURCE}:service:${tenant}`,
    type: `${EVENT_TYPES}.${event.eventType}`,
    subject: event.patternId,
    time: isoTime(event.at),
    sequence: String(event.number).padStart(16, '0'),
    datacontenttype: 'application/json',
    data: {
      event_id: event.eventId,
      event_type: event.eventType,
      pattern_id: event.patternId,
      pattern_version: event.version,
      pattern_name: event.patternName,
      pattern_type: event.patternType,
      action: event.action,
      session_id: event.sessionId,
      tool_use_id: event.toolUseId,
      tool_name: event.toolName,
      file_path: event.filePath,
      language: event.language,
      start_line: event.startLine,
      end_line: event.endLine,
      duration_ms: event.durationMs,
      occurred_at: isoTime(event.at),
      received_at: isoTime(event.receivedAt),
      ...(event.code === null ? {} : { code: event.code }),
      extra: event.extra,
    },
  };
}

function numberOf(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new UsageError(`--from is "${text}"`, 'Expected a whole number, as `sequence` has it.');
}
