import type { Database } from '../../database/database.ts';
import { SLOT_MS } from '../../database/schema-parts/statistics-schema.ts';
import { keyOf } from './group-key.ts';
import type { RawKey, StatisticsKey } from './group-key.ts';
import { filterValues, newestRows } from './totals-source.ts';
import type { StatisticsFilter } from './totals-source.ts';

/** How long calls took, in milliseconds; null if none tells. */
export interface Durations {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Percentiles are those of this many calls, the newest. */
export const MOST_TIMED = 20_000;

/**
 * How long calls took: all together, and by key. They are read one by one, because percentiles cannot be added up.
 *
 * @param nameOf the names of keys
 */
export function durationsOf(
  database: Database,
  filter: StatisticsFilter,
  by: StatisticsKey | undefined,
  nameOf: (key: RawKey) => string | null,
): { readonly all: Durations; readonly of: (name: string | null) => Durations } {
  const key = keyOf(by, 'tool_name') ?? "''";
  const newest = newestRows('tool_calls', filter, IS_TIMED, MOST_TIMED);
  const rows = database
    .prepare<[Record<string, string>], [key: RawKey, ms: number]>(
      `SELECT ${key}, part.ms FROM (
         SELECT item.session_id, item.tool_name, item.duration_ms AS ms, CAST(item.at / ${SLOT_MS} AS INTEGER) AS slot
         ${newest}) part`,
    )
    .raw()
    .all(filterValues(filter));
  const groups = new Map<string | null, number[]>();
  for (const [raw, ms] of rows) {
    const name = nameOf(raw);
    const group = groups.get(name);
    if (group) group.push(ms);
    else groups.set(name, [ms]);
  }
  const found = new Map([...groups].map(([name, times]) => [name, percentilesOf(times)]));
  return { all: percentilesOf(rows.map(([, ms]) => ms)), of: (name) => found.get(name) ?? NONE };
}

// --- internal ---

/** A refused call took no time, and an interrupted one as long as the user waited. */
const IS_TIMED = "item.duration_ms IS NOT NULL AND item.outcome IN ('ok', 'failed')";
const NONE: Durations = { p50Ms: null, p95Ms: null };

function percentilesOf(times: readonly number[]): Durations {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
