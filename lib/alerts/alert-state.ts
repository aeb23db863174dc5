import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { asNumber, asString, isJsonObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { makeWayForFile, readRegularFile } from '../base/regular-file.ts';
import type { AlertMarks } from './alert-marks.ts';

/** What is known of one rule. Times are milliseconds since 1970. */
export interface AlertRecord {
  /** `pending`: it was seen, but not for long enough. `resolved`: it was firing, and is over. */
  readonly state: 'pending' | 'firing' | 'resolved';
  /** What was found last. */
  readonly detail: string;
  readonly since: number;
  /** How long it was seen to hold, in milliseconds. */
  readonly heldMs: number;
  /** When it began to fire; null while it is pending, like the next two. */
  readonly firedAt: number | null;
  readonly resolvedAt: number | null;
  /** When people were told that it fires; null also while it is silenced. */
  readonly toldAt: number | null;
}

/** The state of every alert, as it is kept from one look to the next. */
export interface AlertState {
  /** When the rules were judged last; 0 for never. */
  readonly evaluatedAt: number;
  readonly marks: AlertMarks;
  /** By the rule's id; a rule without an entry has nothing to say. */
  readonly alerts: Readonly<Record<string, AlertRecord>>;
  /** Until when nobody is told of a rule. */
  readonly silences: Readonly<Record<string, number>>;
}

/** The state before the first look. */
export const NO_ALERTS: AlertState = { evaluatedAt: 0, marks: {}, alerts: {}, silences: {} };

/** The state as it was last kept; {@link NO_ALERTS} when there is none, or the file is broken. Opens no database. */
export function readAlertState({ alerts: path }: Pick<TrackerPaths, 'alerts'>): AlertState {
  try {
    return parseState(JSON.parse(readRegularFile(path)));
  } catch {
    return NO_ALERTS;
  }
}

/** Keeps the state. @throws the system's error, as on a full disk */
export function writeAlertState(
  { alerts: path }: Pick<TrackerPaths, 'alerts'>,
  state: AlertState,
): void {
  makeWayForFile(path);
  const temporary = `${path}.${process.pid}`; // one process at a time: see alertsLock
  try {
    writeFileSync(temporary, `${JSON.stringify({ version: 1, ...state })}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

// --- internal ---

function parseState(value: unknown): AlertState {
  if (!isJsonObject(value) || value['version'] !== 1) return NO_ALERTS;
  const alerts = objectIn(value, 'alerts');
  const silences = objectIn(value, 'silences');
  const drops = objectIn(objectIn(value, 'marks'), 'drops');
  const [seen, before] = [asNumber(drops['seen']), asNumber(drops['before'])];
  return {
    evaluatedAt: asNumber(value['evaluatedAt']) ?? 0,
    marks:
      seen === undefined || before === undefined
        ? {}
        : { drops: { seen, before, at: asNumber(drops['at']) ?? null } },
    alerts: Object.fromEntries(
      Object.entries(alerts).flatMap(([id, record]) => {
        const parsed = isJsonObject(record) ? parseRecord(record) : undefined;
        return parsed ? [[id, parsed]] : [];
      }),
    ),
    silences: Object.fromEntries(
      Object.entries(silences).flatMap(([id, until]) => {
        const at = asNumber(until);
        return at === undefined ? [] : [[id, at]];
      }),
    ),
  };
}

function parseRecord(record: JsonObject): AlertRecord | undefined {
  const state = STATES.find((known) => known === record['state']);
  const since = asNumber(record['since']);
  if (state === undefined || since === undefined) return undefined;
  return {
    state,
    since,
    detail: asString(record['detail']) ?? '',
    heldMs: asNumber(record['heldMs']) ?? 0,
    firedAt: asNumber(record['firedAt']) ?? null,
    resolvedAt: asNumber(record['resolvedAt']) ?? null,
    toldAt: asNumber(record['toldAt']) ?? null,
  };
}

const STATES = ['pending', 'firing', 'resolved'] as const;

function objectIn(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isJsonObject(inner) ? inner : {};
}
