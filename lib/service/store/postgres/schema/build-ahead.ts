import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../connection.ts';

/**
 * Builds, beside a service that reads and writes, the indexes that migration 7 would take long to build while all wait. Any number of replicas may do so at once, and
 * whoever comes after one that was killed does the rest.
 *
 * @param sql without a limit for statements
 */
export async function buildAhead(sql: Sql): Promise<void> {
  // One string is one transaction. Writers wait while it waits.
  await sql
    .unsafe(
      `SET LOCAL lock_timeout = '1s';
       ALTER TABLE event_ids ADD COLUMN IF NOT EXISTS period integer NOT NULL DEFAULT 0;
       ALTER TABLE events ADD COLUMN IF NOT EXISTS number bigint`,
    )
    .simple();
  await buildIndex(sql, {
    name: 'event_ids_key',
    definition: 'event_ids (tenant, event_id, period)',
    isUnique: true,
  });
  const parts = await sql<{ name: string }[]>`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass`;
  for (const { name } of parts) {
    const key = `${name} (tenant, at, event_id)`;
    await buildIndex(sql, { name: `${name}_key`, definition: key, isUnique: true });
    await buildIndex(sql, {
      name: `${name}_number`,
      definition: `${name} (tenant, number)`,
      isUnique: false,
    });
  }
}

// --- internal ---

/** How often to look whether an index that another replica builds is ready, in milliseconds. */
const LOOK_EVERY_MS = 500;

interface Index {
  readonly name: string;
  /** The table and its columns. */
  readonly definition: string;
  readonly isUnique: boolean;
}

async function buildIndex(sql: Sql, { name, definition, isUnique }: Index): Promise<void> {
  for (;;) {
    const [found] = await sql<{ isReady: boolean; isBuilding: boolean }[]>`
      SELECT indisvalid AS "isReady", EXISTS (
        SELECT FROM pg_stat_progress_create_index WHERE index_relid = indexrelid
      ) AS "isBuilding"
      FROM pg_index WHERE indexrelid = to_regclass(${name})`;
    if (found?.isReady) return;
    if (found?.isBuilding) await sleep(LOOK_EVERY_MS);
    else if (found) await sql.unsafe(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    else {
      await sql.unsafe(
        `CREATE ${isUnique ? 'UNIQUE' : ''} INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${definition}`,
      );
    }
  }
}
