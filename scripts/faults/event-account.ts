import { readdirSync } from 'node:fs';
import { errorMessage } from '../../lib/base/errors.ts';
import type { TrackerHome } from '../../test/processes/tracker-home.ts';

/** What is wrong in a home, compared with the numbers of the events that were offered. */
export interface EventAccount {
  readonly lost: number;
  readonly stated: number;
  readonly doubled: number;
  readonly faults: readonly string[];
}

/** Looks for each event in each of the tables that it must be in. */
export function accountOf(home: TrackerHome, offered: ReadonlySet<number>): EventAccount {
  const faults: string[] = [];
  const ids = (sql: string): number[] => {
    try {
      return home.rows(sql).map((row) => Number(String((row as { id: unknown }).id).slice(1)));
    } catch (error) {
      faults.push(errorMessage(error));
      return [];
    }
  };
  const events = ids("SELECT tool_use_id AS id FROM events WHERE name = 'PostToolUse'");
  const calls = ids('SELECT tool_use_id AS id FROM tool_calls');
  const places = ids(
    'SELECT e.tool_use_id AS id FROM occurrences o JOIN events e ON e.event_id = o.event_id',
  );
  const [inCalls, inPlaces] = [new Set(calls), new Set(places)];
  const stored = new Set(events.filter((id) => inCalls.has(id) && inPlaces.has(id)));
  const lost = [...offered].filter((id) => !stored.has(id)).length;
  const doubled = [events, calls, places].reduce(
    (sum, list) => sum + list.length - new Set(list).size,
    0,
  );
  const integrity = home.value('PRAGMA integrity_check');
  if (integrity !== 'ok') faults.push(`integrity_check: ${String(integrity)}`);
  for (const name of readdirSync(home.paths.data))
    if (name.includes('.corrupt-')) faults.push('a sound database was set aside as corrupt');
  return { lost, doubled, stated: Math.min(lost, home.drops.length), faults };
}
