import { asNumber, asString, isJsonObject } from '../../base/json.ts';
import type { Database } from '../database/database.ts';
import { COUNTED_SINCE_KEY, EVICTED_KEY } from '../database/meta.ts';
import type { ReadableDatabase } from '../database/quick-reader.ts';
import { TEST_SESSION_PREFIX } from './conditions.ts';

/** How much tracker.db holds. */
export interface Totals {
  /** Sessions of `capture-test` are not counted, as in lists. */
  readonly sessions: number;
  readonly toolCalls: number;
  readonly patterns: number;
  readonly events: number;
  readonly projects: number;
  /** Milliseconds since 1970 UTC; null when there is no event. */
  readonly lastEventAt: number | null;
}

/** A database that was found corrupt and moved aside. */
export interface SetAside {
  readonly path: string;
  readonly at: number;
  readonly reason: string;
}

/** How much a rule has taken out in a project. */
export interface RedactionCount {
  readonly rule: string;
  /** Its root; empty outside every project. */
  readonly project: string;
  readonly count: number;
  /** The first and the last day on which it did: 2026-11-24, UTC. */
  readonly first: string;
  readonly last: string;
  /** Characters left out unchecked; 0 for a rule that finds secrets. */
  readonly leftOut: number;
}

/** Which counts are meant. */
export interface RedactionCountFilter {
  /** Roots of projects. @default all */
  readonly projects?: readonly string[] | undefined;
  /** Only from the day of this moment on, in milliseconds since 1970 UTC. */
  readonly since?: number | undefined;
}

/** Files that the quarantine has lost for good, to stay within its bounds. */
export interface EvictedFiles {
  readonly files: number;
  /** When the last one was, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Counts what tracker.db holds. */
export function totalsOf(database: Database): Totals {
  const totals = database
    .prepare<[], Totals>(
      `SELECT
         (SELECT count(*) FROM sessions WHERE id NOT GLOB '${TEST_SESSION_PREFIX}*') AS sessions,
         (SELECT count(*) FROM tool_calls WHERE session_id NOT GLOB '${TEST_SESSION_PREFIX}*')
           AS toolCalls,
         (SELECT count(*) FROM patterns) AS patterns,
         (SELECT count(*) FROM events) AS events,
         (SELECT count(*) FROM projects) AS projects,
         (SELECT max(last_event_at) FROM sessions) AS lastEventAt`,
    )
    .get();
  return (
    totals ?? { sessions: 0, toolCalls: 0, patterns: 0, events: 0, projects: 0, lastEventAt: null }
  );
}

/** When the last event came, in milliseconds since 1970 UTC; null when there is none. */
export function lastEventAt(database: Database): number | null {
  const at = database
    .prepare<[], number | null>('SELECT max(last_event_at) FROM sessions')
    .pluck()
    .get();
  return at ?? null;
}

/** Every counter by its name. */
export function countersOf(database: Database): Record<string, number> {
  const rows = database
    .prepare<[], { name: string; value: number }>('SELECT name, value FROM counters ORDER BY name')
    .all();
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** True while there is something that a bound on the size removes: payloads and patterns. */
export function isReducible(database: Database): boolean {
  const payloads = 'SELECT 1 FROM events WHERE payload IS NOT NULL';
  const any = database.prepare(
    `SELECT 1 FROM patterns UNION ALL SELECT 1 FROM file_states UNION ALL ${payloads} LIMIT 1`,
  );
  return any.get() !== undefined;
}

/** What redaction has taken out, most first. */
export function redactionCounts(
  database: Database,
  { projects, since }: RedactionCountFilter = {},
): RedactionCount[] {
  return database
    .prepare<[Record<string, string | null>], RedactionCount>(
      `SELECT rule, project, sum(count) AS count, min(day) AS first, max(day) AS last, sum(left_out) AS leftOut
       FROM redaction_counts
       WHERE (@projects IS NULL OR project IN (SELECT value FROM json_each(@projects)))
         AND (@since IS NULL OR day >= @since)
       GROUP BY rule, project ORDER BY count DESC, rule, project`,
    )
    .all({
      projects: projects ? JSON.stringify(projects) : null,
      since: since === undefined ? null : new Date(since).toISOString().slice(0, 10),
    });
}

/** Since when redactions are counted, in milliseconds since 1970 UTC. */
export function redactionsCountedSince(database: Database): number | null {
  const value = database
    .prepare<[string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
    .get(COUNTED_SINCE_KEY);
  return value === undefined ? null : Number(value);
}

/** How many orders to forget something are not carried out to their end. */
export function forgetting(database: Database): number {
  return Number(database.prepare('SELECT count(*) FROM forget_jobs').pluck().get());
}

/** The corrupt database that was set aside and not acknowledged yet. */
export function setAsideDatabase(database: ReadableDatabase): SetAside | undefined {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(SET_ASIDE_KEY);
  const text = isJsonObject(row) ? asString(row['value']) : undefined;
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isJsonObject(value)) return { path: text, at: 0, reason: '' };
  return {
    path: asString(value['path']) ?? '',
    at: asNumber(value['at']) ?? 0,
    reason: asString(value['reason']) ?? '',
  };
}

/** What the quarantine has lost since that was acknowledged. */
export function evictedFiles(database: ReadableDatabase): EvictedFiles | undefined {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(EVICTED_KEY);
  const text = isJsonObject(row) ? asString(row['value']) : undefined;
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) return undefined;
  return { files: asNumber(value['files']) ?? 0, at: asNumber(value['at']) ?? 0 };
}

/** Drops the note about what the quarantine has lost; the counter stays. */
export function acknowledgeEvicted(database: Database): void {
  database.prepare('DELETE FROM meta WHERE key = ?').run(EVICTED_KEY);
}

/** Drops the note about the corrupt database; true if there was one. The file itself stays. */
export function acknowledgeSetAside(database: Database): boolean {
  return database.prepare('DELETE FROM meta WHERE key = ?').run(SET_ASIDE_KEY).changes > 0;
}

/** How many files commands have changed since a time, in milliseconds since 1970 UTC, of which only the name is known. */
export function unseenFiles(database: Database, since: number): number {
  return database
    .prepare<[number], number>(
      "SELECT count(DISTINCT file_path) FROM file_changes WHERE change = 'changed' AND at >= ?",
    )
    .pluck()
    .get(since) as number;
}

// --- internal ---

const SET_ASIDE_KEY = 'corrupt_moved_to';
