import { otherAddress } from '../delivery/destination.ts';
import { SINKS } from '../delivery/sinks.ts';
import type { Database } from '../store/database/database.ts';

/** By destination: those of the patterns that it was told of, or was about to be. */
export function toldPatterns(
  database: Database,
  patternIds: readonly string[],
): Map<string, string[]> {
  const told = new Map<string, string[]>();
  const rows = database
    .prepare<[string], [string, string | null]>(
      `SELECT destination.sink, gone.pattern_id FROM (SELECT DISTINCT sink FROM sink_patterns) destination
       LEFT JOIN sink_patterns gone ON gone.sink = destination.sink
         AND gone.pattern_id IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(JSON.stringify(patternIds));
  for (const [destination, id] of rows) {
    const ids = told.get(destination) ?? [];
    if (id !== null) ids.push(id);
    told.set(destination, ids);
  }
  return told;
}

/**
 * Has each destination delete the patterns that it was told of; returns how many it is asked to delete, by its name.
 * `successors` of those patterns are told to it. Call it in a transaction; `now` is in milliseconds since 1970 UTC.
 */
export function eraseAt(
  database: Database,
  told: ReadonlyMap<string, readonly string[]>,
  now: number,
  successors: (gone: readonly string[]) => readonly string[] = () => [],
): Record<string, number> {
  const erasures: Record<string, number> = {};
  for (const [destination, ids] of told) {
    const sink = SINKS.find(
      (one) => one.name === destination || otherAddress(one, destination) !== undefined,
    );
    const erased =
      sink?.erase?.(database, destination, { ids, successors: successors(ids), now }) ?? 0;
    if (erased > 0) erasures[destination] = erased;
  }
  return erasures;
}
