import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forget } from '../../../../../lib/service/store/forgetting.ts';
import { openPostgresStore } from '../../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../../contracts/tracked-event.ts';
import { startPostgres } from '../../../../support/postgres-server.ts';
import type { PostgresServer } from '../../../../support/postgres-server.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({
    settings: ['wal_level=logical', 'max_wal_senders=4', 'max_replication_slots=4'],
  });
});
afterAll(() => server.remove());

test('logical replication carries all rows, their changes and their deletion to another database', async () => {
  const from = await server.createDatabase();
  const to = await server.createDatabase();
  const store = await openPostgresStore(from);
  await (await openPostgresStore(to)).close();
  const source = postgres(from, { max: 1, onnotice: () => {} });
  const target = postgres(to, { max: 1, onnotice: () => {} });
  const tables = await source<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
      AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'`;
  const names = tables.map(({ name }) => name);
  await source.unsafe(
    `CREATE PUBLICATION all_rows FOR TABLE ${names.join(', ')} WITH (publish_via_partition_root)`,
  );
  await source`SELECT pg_create_logical_replication_slot('all_rows', 'pgoutput')`;
  await target.unsafe(
    `CREATE SUBSCRIPTION all_rows CONNECTION '${from}' PUBLICATION all_rows
     WITH (create_slot = false, slot_name = 'all_rows', copy_data = false)`,
  );
  const patterns = store.tenant('default');
  const events = ['a', 'b', 'c'].flatMap((patternId, n) => [
    trackedEvent({ patternId, at: 10 + n, sessionId: `s-${n}`, toolUseId: `t-${n}` }),
    trackedEvent({ patternId, eventType: 'pattern_applied', at: 20 + n, sessionId: 's-all' }),
  ]);
  for (const event of events) await patterns.track([event]);
  await patterns.track([
    trackedEvent({
      patternId: 'd',
      eventType: 'pattern_modified',
      parentIds: ['a'],
      at: 30,
      sessionId: 's-9',
    }),
  ]);
  await forget(patterns, { sessionId: 's-1' }, { isTrial: false, clock: Date.now });

  const rows = async (sql: postgres.Sql, name: string) =>
    (await sql.unsafe(`SELECT row_to_json(t)::text AS row FROM ${name} AS t ORDER BY 1`)).map(
      ({ row }) => row as string,
    );
  for (const name of names) {
    await expect.poll(() => rows(target, name)).toEqual(await rows(source, name));
  }
  expect((await rows(target, 'events')).length).toBe(6);
  expect((await rows(target, 'pattern_uses')).length).toBe(2);

  await target.unsafe('ALTER SUBSCRIPTION all_rows DISABLE');
  await target.unsafe('ALTER SUBSCRIPTION all_rows SET (slot_name = NONE)');
  await target.unsafe('DROP SUBSCRIPTION all_rows');
  await Promise.all([source.end(), target.end(), store.close()]);
});
