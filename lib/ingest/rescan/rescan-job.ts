import { isJsonObject } from '../../base/json.ts';
import type { Database } from '../../store/database/database.ts';
import { RESCAN_KEY } from '../../store/database/meta.ts';

/** How far a rescan is, so that a later process goes on after a kill. */
export interface RescanJob {
  /** A digest of the rules it began with: with others, it begins again. */
  readonly rules: string;
  readonly startedAt: number;
  /** The index of the present stage. */
  readonly stage: number;
  /** The key of the last row of the stage that is done; null at its beginning. */
  readonly after: readonly (string | number)[] | null;
  /** Rows looked at. */
  readonly seen: number;
  readonly result: RescanResult;
}

/** What a rescan has done so far. */
export interface RescanResult {
  /** Rows that changed, by table. */
  readonly changed: Readonly<Record<string, number>>;
  /** How many secrets were taken out, by the rule that found them. */
  readonly redactions: Readonly<Record<string, number>>;
  /** Characters that were left out unchecked. */
  readonly unchecked: number;
  /** Patterns with another id than before, because an id is made of the code. */
  readonly moved: number;
  /** Patterns that each destination is asked to delete, by its name. */
  readonly erasures: Readonly<Record<string, number>>;
}

/** The job that a process left behind; undefined if there is none. */
export function rescanJob(database: Database): RescanJob | undefined {
  const text = database
    .prepare<[string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
    .get(RESCAN_KEY);
  if (text === undefined) return undefined;
  const job: unknown = JSON.parse(text);
  return isJsonObject(job) ? (job as unknown as RescanJob) : undefined;
}

/** Writes down how far it is: call it in the transaction that has done the work. */
export function noteRescan(database: Database, job: RescanJob): void {
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(RESCAN_KEY, JSON.stringify(job));
}

/** Ends the job. */
export function endRescan(database: Database): void {
  database.prepare<[string]>('DELETE FROM meta WHERE key = ?').run(RESCAN_KEY);
}

/** What a rescan has done at its beginning. */
export const NOTHING_DONE: RescanResult = {
  changed: {},
  redactions: {},
  unchecked: 0,
  moved: 0,
  erasures: {},
};

/** Two counts by name as one. */
export function sumOf(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [key, value] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
