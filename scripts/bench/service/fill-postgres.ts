import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import { DEFAULT_TENANT } from '../../../lib/service/store/tenants.ts';
import { openPostgresStore } from '../../../lib/service/store/postgres/store.ts';
import { indexedWords } from '../../../lib/service/store/postgres/text/words.ts';
import { ScaleRows } from './scale-rows.ts';
import { asTracked } from './tracked-events.ts';

/** Fills an empty database with this number of patterns by COPY, and returns their ids. */
export async function fillPostgres(url: string, patterns: number): Promise<string[]> {
  const rows = new ScaleRows();
  const store = await openPostgresStore(url);
  // Opening the store creates the schema, and one event in each month creates the partitions.
  await store.tenant(DEFAULT_TENANT).track(rows.months(patterns).map((at) => asTracked(at)));
  await store.close();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const ids: string[] = [];
  const totals = new Map<string, number>();
  const count = (name: string, by = 1) => totals.set(name, (totals.get(name) ?? 0) + by);
  for (let left = patterns; left > 0; left -= ROWS_AT_ONCE) {
    const rowsOf = new Map<string, string[]>(Object.keys(TABLES).map((table) => [table, []]));
    const put = (
      table: keyof typeof TABLES,
      values: readonly (string | number | null | undefined)[],
    ) => rowsOf.get(table)?.push(`${[DEFAULT_TENANT, ...values].map(copyText).join('\t')}\n`);
    for (let n = 0; n < Math.min(left, ROWS_AT_ONCE); n++) {
      const { pattern, occurrences } = rows.next();
      const { id, name, code, language, generation, lineageId, parentId } = pattern;
      const { firstSeenAt, lastSeenAt } = pattern;
      const newest = occurrences.at(-1);
      const lines = code.split('\n').length - 1;
      const origin = parentId ? 'modified' : 'created';
      const place = [lastSeenAt, newest?.filePath, newest?.sessionId];
      const counts = [generation, lineageId, occurrences.length, firstSeenAt, lastSeenAt];
      put('patterns', [id, name, 'code', '1.0.0', language, lines, origin, ...counts, ...place]);
      const words = indexedWords(DEFAULT_TENANT, { name, code, language, patternType: 'code' });
      put('pattern_code', [id, name, code, words.map((word) => `'${word}'`).join(' ')]);
      if (parentId) put('lineage_edges', [id, parentId, 'modified_from', firstSeenAt]);
      for (const { eventId, action, sessionId, filePath, at } of occurrences) {
        put('event_ids', [`${eventId}-0`, at]);
        const what = [`${eventId}-0`, `pattern_${action}`, id, '1.0.0', action, sessionId];
        put('events', [...what, 'Write', filePath, language, at, at, '{}']);
      }
      count('patterns');
      count(`language:${language}`);
      count('occurrences', occurrences.length);
      if (parentId) count('edges');
      else count('lineages');
      ids.push(id);
    }
    for (const [table, rowsOfTable] of rowsOf) {
      const columns = TABLES[table as keyof typeof TABLES];
      const target = await sql.unsafe(`COPY ${table} (tenant, ${columns}) FROM STDIN`).writable();
      await pipeline(Readable.from([rowsOfTable.join('')]), target);
    }
  }
  for (const [name, value] of totals) {
    await sql`
      INSERT INTO totals AS t (tenant, name, shard, value) VALUES (${DEFAULT_TENANT}, ${name}, 0, ${value})
      ON CONFLICT (tenant, name, shard) DO UPDATE SET value = t.value + excluded.value`;
  }
  await sql`VACUUM (ANALYZE)`; // in a grown database, autovacuum has done this
  await sql.end();
  return ids;
}

// --- internal ---

const ROWS_AT_ONCE = 10_000;

/** The columns to fill, beside `tenant`. */
const TABLES = {
  patterns: `id, name, pattern_type, version, language, lines, origin, generation, lineage_id,
    occurrences, first_seen_at, last_seen_at, newest_at, file_path, session_id`,
  pattern_code: 'id, name, code, words',
  lineage_edges: 'child_id, parent_id, edge_type, created_at',
  event_ids: 'event_id, received_at',
  events: `event_id, event_type, pattern_id, version, action, session_id, tool_name, file_path,
    language, at, received_at, extra`,
} as const;

/** A value in the text format of COPY. */
function copyText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '\\N';
  return String(value)
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
}
