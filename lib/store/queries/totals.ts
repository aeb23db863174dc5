import { asNumber, asString, isJsonObject } from '../../base/json.ts';
import type { Database } from '../database/database.ts';
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
  const any = database.prepare(`SELECT 1 FROM patterns UNION ALL ${payloads} LIMIT 1`);
  return any.get() !== undefined;
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

/** Drops the note about the corrupt database; true if there was one. The file itself stays. */
export function acknowledgeSetAside(database: Database): boolean {
  return database.prepare('DELETE FROM meta WHERE key = ?').run(SET_ASIDE_KEY).changes > 0;
}

// --- internal ---

const SET_ASIDE_KEY = 'corrupt_moved_to';
