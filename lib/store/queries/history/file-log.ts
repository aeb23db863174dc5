import { callEventId } from '../../../event/call-event-id.ts';
import type { Database } from '../../database/database.ts';
import { LineWriters } from '../authorship/line-writers.ts';
import type { LineWriter } from '../authorship/line-writers.ts';
import { PromptFinder } from '../authorship/prompts.ts';
import type { TypedPrompt } from '../authorship/prompts.ts';
import { TEST_SESSION_PREFIX } from '../conditions.ts';
import { CallDiffs } from './call-diffs.ts';
import type { FileDiff } from './call-diffs.ts';

/** Which part of a history is shown. */
export interface LogFilter {
  /** The absolute path of a file or of a folder. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  /** The first moment that is too late, in milliseconds since 1970. */
  readonly until?: number | undefined;
  /** Only what is older than the entry with this cursor. */
  readonly after?: LogCursor | undefined;
  /** The most entries; -1 for all. */
  readonly limit: number;
}

/** The place of an entry in a history, to go on after it. */
export interface LogCursor {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly eventId: string;
  readonly filePath: string;
}

/** A change of Claude's to a file. */
export interface FileLogEntry extends FileDiff {
  readonly cursor: LogCursor;
  /** The call; undefined once nothing of it is kept. */
  readonly writer: LineWriter | undefined;
  /** What a person had asked for; undefined if no prompt is recorded. */
  readonly prompt: TypedPrompt | undefined;
}

/** What Claude did to a file, or to the files in a folder, the newest first. */
export function fileLog(database: Database, filter: LogFilter): FileLogEntry[] {
  const touches = new TouchFinder(database, filter).find();
  const diffs = new CallDiffs(database);
  const writers = new LineWriters(database);
  const prompts = new PromptFinder(database, true);
  let last: { readonly eventId: string; readonly diffs: readonly FileDiff[] } | undefined;
  return touches.flatMap(({ at, eventId, filePath }): FileLogEntry[] => {
    // A command may have changed very many files.
    if (last?.eventId !== eventId) last = { eventId, diffs: diffs.ofEvent(eventId) };
    const writer = writers.find(eventId, 0);
    if (writer?.sessionId.startsWith(TEST_SESSION_PREFIX)) return [];
    const diff = last.diffs.find((one) => one.filePath === filePath) ?? { ...UNKNOWN, filePath };
    const prompt = writer && prompts.before(writer.sessionId, at);
    return [{ ...diff, cursor: { at, eventId, filePath }, writer, prompt }];
  });
}

// --- internal ---

const UNKNOWN = {
  change: 'changed',
  hunks: null,
  linesAdded: null,
  linesRemoved: null,
  isExact: false,
} as const;

/** A change, before it is looked at. */
type Touch = LogCursor;

/** From so many rows on, the newest events are looked through first. */
const MANY_ROWS = 20_000;
/** How many of these, before all rows of the folder are sorted. */
const MOST_WALKED = 50_000;

/** Finds the events that changed the files of a place. */
class TouchFinder {
  readonly #database: Database;
  readonly #filter: LogFilter;
  readonly #values: Readonly<Record<string, string | number>>;

  constructor(database: Database, filter: LogFilter) {
    this.#database = database;
    this.#filter = filter;
    const { path, since = 0, until = Number.MAX_SAFE_INTEGER, after } = filter;
    const folder = path.endsWith('/') ? path : `${path}/`;
    this.#values = {
      path,
      folder,
      // The sign after the slash: what lies between is below the folder.
      end: `${folder.slice(0, -1)}0`,
      since,
      until: Math.min(until, after === undefined ? until : after.at + 1),
    };
  }

  find(): Touch[] {
    const { limit } = this.#filter;
    const wanted = limit === -1 ? Infinity : limit;
    if (limit !== -1 && this.#isLarge()) {
      const walked = this.#taken(this.#walk(), wanted);
      if (walked.length === wanted) {
        return this.#taken([...walked, ...this.#cutOnly(wanted)].toSorted(newestFirst), wanted);
      }
    }
    // One event may have written a file in many places.
    for (let rows = wanted * 8; ; rows *= 8) {
      const found = this.#newest(rows);
      const taken = this.#taken([...found, ...this.#cutOnly(rows)].toSorted(newestFirst), wanted);
      if (taken.length === wanted || found.length < rows) return taken;
    }
  }

  /** Without what was shown before, each once, up to a number. */
  #taken(touches: Iterable<Touch>, wanted: number): Touch[] {
    const { after } = this.#filter;
    const taken: Touch[] = [];
    let last: Touch | undefined;
    for (const touch of touches) {
      if (taken.length >= wanted) break;
      if (after !== undefined && newestFirst(touch, after) <= 0) continue;
      if (last !== undefined && newestFirst(touch, last) === 0) continue;
      last = touch;
      taken.push(touch);
    }
    return taken;
  }

  #isLarge(): boolean {
    const { folder = '', end = '' } = this.#values;
    const rows = this.#database
      .prepare<[Record<string, string | number>], number>(
        `SELECT count(*) FROM (SELECT 1 FROM occurrences WHERE ${BELOW} LIMIT ${MANY_ROWS + 1})`,
      )
      .pluck()
      .get({ folder, end });
    return (rows ?? 0) > MANY_ROWS;
  }

  /** Goes back from the newest event, near which the last changes to a large folder are. */
  #walk(): Iterable<Touch> {
    // The plus sign keeps SQLite from looking through all rows of the folder for each event.
    const touched = (table: string): string =>
      `SELECT file_path FROM ${table} WHERE event_id = e.event_id
         AND (+file_path = @path OR (+file_path >= @folder AND +file_path < @end))`;
    return this.#database
      .prepare<[Record<string, string | number>], Touch>(
        `SELECT e.at, e.event_id AS eventId, found.value AS filePath
         FROM (SELECT received_at AS at, event_id FROM events INDEXED BY events_by_time
               WHERE received_at >= @since AND received_at < @until
               ORDER BY received_at DESC, event_id DESC LIMIT ${MOST_WALKED}) e
         CROSS JOIN json_each((SELECT json_group_array(file_path) FROM (
           ${touched('occurrences')} UNION ${touched('file_changes')} ORDER BY file_path))) found`,
      )
      .iterate(this.#values);
  }

  /** The newest rows about the place. Each part is read from an index alone. */
  #newest(rows: number): Touch[] {
    const parts = ['occurrences', 'file_changes'].flatMap((table) =>
      ['file_path = @path', BELOW].map(
        (place) =>
          `SELECT at, event_id AS eventId, file_path AS filePath FROM ${table}
           WHERE ${place} AND at >= @since AND at < @until`,
      ),
    );
    return this.#database
      .prepare<[Record<string, string | number>], Touch>(
        `SELECT * FROM (${parts.join(' UNION ALL ')})
         ORDER BY at DESC, eventId DESC, filePath LIMIT @rows`,
      )
      .all({ ...this.#values, rows: rowLimit(rows) });
  }

  /** Changes that took lines away and wrote none. */
  #cutOnly(rows: number): Touch[] {
    return this.#database
      .prepare<[Record<string, string | number>], CuttingCall>(
        `SELECT session_id AS sessionId, tool_use_id AS toolUseId, summary AS filePath, coalesce(ended_at, at) AS at
         FROM tool_calls INDEXED BY tool_calls_cutting
         WHERE lines_added = 0 AND lines_removed > 0 AND outcome = 'ok' AND at < @until
           AND (summary = @path OR (summary >= @folder AND summary < @end)) AND coalesce(ended_at, at) >= @since
         ORDER BY tool_calls.at DESC LIMIT @rows`,
      )
      .all({ ...this.#values, rows: rowLimit(rows) })
      .map(({ sessionId, toolUseId, filePath, at }) => {
        return { at, eventId: callEventId(sessionId, toolUseId, 'PostToolUse'), filePath };
      });
  }
}

interface CuttingCall {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly filePath: string;
  readonly at: number;
}

/** -1 is no limit to SQLite. */
function rowLimit(rows: number): number {
  return Number.isFinite(rows) ? rows : -1;
}

const BELOW = 'file_path >= @folder AND file_path < @end';

function newestFirst(one: LogCursor, other: LogCursor): number {
  if (one.at !== other.at) return other.at - one.at;
  if (one.eventId !== other.eventId) return one.eventId > other.eventId ? -1 : 1;
  if (one.filePath === other.filePath) return 0;
  return one.filePath < other.filePath ? -1 : 1;
}
