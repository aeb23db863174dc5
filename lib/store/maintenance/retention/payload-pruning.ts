import type { Database } from '../../database/database.ts';

/**
 * Removes the payloads of events that were received before `limit` (milliseconds since 1970 UTC), looking at `most`
 * events. They are stored in about the order of their time, so it goes by id: up to the first event that is not due, from
 * where the last run ended. Returns how many events were due, and how many of them had a payload.
 */
export function prunePayloads(
  database: Database,
  limit: number,
  most: number,
): { readonly events: number; readonly payloads: number } {
  const prunedTo = Number(
    database.prepare<[string]>('SELECT value FROM meta WHERE key = ?').pluck().get(PRUNED_TO) ?? 0,
  );
  const chunk = database
    .prepare<[number], { id: number; received_at: number }>(
      `SELECT id, received_at FROM events WHERE id > ? ORDER BY id LIMIT ${most}`,
    )
    .all(prunedTo);
  const firstKept = chunk.findIndex(({ received_at }) => received_at >= limit);
  const due = firstKept === -1 ? chunk : chunk.slice(0, firstKept);
  const last = due.at(-1);
  if (!last) return { events: 0, payloads: 0 };
  const payloads = clearPayloads(database, prunedTo, last.id);
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(PRUNED_TO, String(last.id));
  return { events: due.length, payloads };
}

// --- internal ---

const PRUNED_TO = 'payloads_pruned_to';

/**
 * Removes the payloads of the events after one id, up to another one; returns how many there were. The rows are
 * removed and added again, because SQLite joins pages that have become nearly empty only when it removes rows;
 * otherwise the file would not shrink.
 */
function clearPayloads(database: Database, after: number, upTo: number): number {
  const columns = database
    .prepare<[], string>("SELECT name FROM pragma_table_info('events') WHERE name != 'payload'")
    .pluck()
    .all()
    .map((name) => `"${name}"`)
    .join(', ');
  const range = `id > ${after} AND id <= ${upTo}`;
  const payloads = Number(
    database
      .prepare(`SELECT count(*) FROM events WHERE ${range} AND payload IS NOT NULL`)
      .pluck()
      .get(),
  );
  if (payloads === 0) return 0;
  database.exec(`DROP TABLE IF EXISTS temp.pruned_events;
    CREATE TEMP TABLE pruned_events AS SELECT ${columns} FROM events WHERE ${range};
    DELETE FROM events WHERE ${range};
    INSERT INTO events (${columns}) SELECT ${columns} FROM temp.pruned_events;
    DROP TABLE temp.pruned_events`);
  return payloads;
}
