import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { asArray, asNumber, asString, isJsonObject } from '../base/json.ts';
import type { Json } from '../base/json.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { outboxGlance } from '../delivery/store/outbox-glance.ts';
import type { InterruptedSink, OutboxGlance } from '../delivery/store/outbox-glance.ts';
import type { ReadableDatabase } from '../store/database/quick-reader.ts';
import { evictedFiles, setAsideDatabase } from '../store/queries/totals.ts';
import type { EvictedFiles, SetAside } from '../store/queries/totals.ts';

/** What tracker.db says of recording as a whole, as far as the status line shows it. */
export interface StoredNotices {
  readonly setAside: SetAside | undefined;
  readonly evicted: EvictedFiles | undefined;
  readonly outbox: OutboxGlance;
}

/**
 * What the courier keeps of tracker.db in `data/glance.json`, so that the status line need not open it. It holds
 * numbers, ids and names, never code.
 */
export interface Glance extends StoredNotices {
  /** Different patterns written in each of the newest sessions. */
  readonly patterns: ReadonlyMap<string, number>;
}

/** A state of the database's files. */
export interface DatabaseStamp {
  /** Differs for every state, and for every format of the glance. */
  readonly mark: string;
  /** When the files were changed last, in milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** Reads what does not belong to a single session. */
export function storedState(database: ReadableDatabase): StoredNotices {
  return {
    setAside: setAsideDatabase(database),
    evicted: evictedFiles(database),
    outbox: outboxGlance(database),
  };
}

/**
 * The state of the database at `path` and of its WAL: whoever writes to them, moves or replaces them changes their
 * sizes or times. Undefined when there is no database.
 */
export function databaseStamp(path: string): DatabaseStamp | undefined {
  const file = statsOf(path);
  if (!file) return undefined;
  const wal = statsOf(`${path}-wal`);
  const parts = wal && wal.size > 0 ? [file, wal] : [file]; // the last who closes it removes an empty WAL
  const marks = parts.map(({ dev, ino, size, ctimeMs }) => [dev, ino, size, ctimeMs].join(':'));
  return {
    mark: [FORMAT, ...marks].join(' '),
    changedAt: Math.max(...parts.map(({ ctimeMs }) => ctimeMs)),
  };
}

/** A glance as text, for the state `mark` of the database. */
export function glanceText({ patterns, ...state }: Glance, mark: string): string {
  return `${JSON.stringify({ mark, patterns: [...patterns], ...state })}\n`;
}

/**
 * Reads what the courier has kept; undefined when there is nothing, or the database has changed since, so that it would
 * have to be asked itself. Whether a courier lives makes no difference.
 */
export function readGlance({
  glance,
  database,
}: Pick<TrackerPaths, 'glance' | 'database'>): Glance | undefined {
  try {
    const value: unknown = JSON.parse(readRegularFile(glance, MOST_BYTES));
    if (!isJsonObject(value) || value['mark'] !== databaseStamp(database)?.mark) return undefined;
    return {
      patterns: new Map(asArray(value['patterns']).flatMap(countIn)),
      setAside: setAsideIn(value['setAside']),
      evicted: evictedIn(value['evicted']),
      outbox: outboxIn(value['outbox']),
    };
  } catch {
    return undefined;
  }
}

// --- internal ---

/** Goes up with every change of what the file holds. */
const FORMAT = 1;
/** Many times what the newest sessions take. */
const MOST_BYTES = 256 * 1024;

function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function countIn(pair: Json): [string, number][] {
  const [session, count] = asArray(pair);
  return typeof session === 'string' && typeof count === 'number' ? [[session, count]] : [];
}

function setAsideIn(value: unknown): SetAside | undefined {
  if (!isJsonObject(value)) return undefined;
  const { path, at, reason } = value;
  return { path: asString(path) ?? '', at: asNumber(at) ?? 0, reason: asString(reason) ?? '' };
}

function evictedIn(value: unknown): EvictedFiles | undefined {
  if (!isJsonObject(value)) return undefined;
  return { files: asNumber(value['files']) ?? 0, at: asNumber(value['at']) ?? 0 };
}

function outboxIn(value: unknown): OutboxGlance {
  const { waiting, dead, interrupted } = isJsonObject(value) ? value : {};
  return {
    waiting: asNumber(waiting) ?? 0,
    dead: asNumber(dead) ?? 0,
    interrupted: asArray(interrupted).flatMap(interruptedIn),
  };
}

function interruptedIn(value: Json): InterruptedSink[] {
  if (!isJsonObject(value)) return [];
  const { sink, phase, reason } = value;
  if (phase !== 'open' && phase !== 'half_open') return [];
  return [{ sink: asString(sink) ?? '', phase, reason: asString(reason) ?? '' }];
}
