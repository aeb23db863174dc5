import postgres from 'postgres';
import { expect, test } from 'vitest';
import { openPostgresStore } from '../../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../../contracts/tracked-event.ts';
import { createDatabase } from '../../../../support/shared-postgres.ts';

const DAY_MS = 86_400_000;

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const rows = await sql.unsafe(text);
  await sql.end();
  return [...rows];
}

test('using a pattern again rewrites no index: every update stays on its page', async () => {
  const url = await createDatabase();
  const store = await openPostgresStore(url, { poolSize: 1 });
  const patterns = store.tenant('default');
  const ids = Array.from({ length: 20 }, (_, n) => `p${n}`);
  await patterns.track(ids.map((patternId) => trackedEvent({ patternId })));
  for (let round = 0; round < 30; round++) {
    await patterns.track(
      ids.map((patternId) =>
        trackedEvent({ patternId, eventType: 'pattern_applied', at: Date.now() + round }),
      ),
    );
  }
  expect(await patterns.pattern('p3')).toMatchObject({ occurrences: 31 });
  await store.close(); // a session that ends tells its numbers
  const updates = async () =>
    query(
      url,
      `SELECT relname, n_tup_ins::int AS inserted, n_tup_upd::int AS updated,
         n_tup_hot_upd::int AS hot
       FROM pg_stat_user_tables WHERE relname IN ('patterns', 'pattern_uses') ORDER BY relname`,
    );
  await expect.poll(updates).toMatchObject([
    { relname: 'pattern_uses', inserted: 20, updated: 29 * 20 },
    { relname: 'patterns', inserted: 20, updated: 0 },
  ]);
  const [uses] = await updates();
  // Now and then a page is full, until its old rows are pruned.
  expect(Number(uses?.['hot']) / Number(uses?.['updated'])).toBeGreaterThan(0.9);
});

test('every table has a primary key', async () => {
  const url = await createDatabase();
  await (await openPostgresStore(url)).close();
  const without = `SELECT oid::regclass::text AS name FROM pg_class c
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)`;
  expect(await query(url, without)).toEqual([]);
  await query(url, 'CREATE TABLE keyless (a integer)');
  expect(await query(url, without)).toEqual([{ name: 'keyless' }]);
});

test('old ids go with their partition, and an event that is kept is still not applied again', async () => {
  const url = await createDatabase();
  const store = await openPostgresStore(url);
  const at = Date.now() - 500 * DAY_MS;
  const old = trackedEvent({ patternId: 'a', eventId: 'old', at, receivedAt: at });
  const young = trackedEvent({ patternId: 'a', eventId: 'young' });
  await store.tenant('default').track([old, young]);
  await store.close();
  // As if it had been applied then.
  await query(
    url,
    `CREATE TABLE event_ids_2024_q1 PARTITION OF event_ids FOR VALUES IN (${2024 * 4});
     UPDATE event_ids SET period = ${2024 * 4} WHERE event_id = 'old';
     CREATE TABLE keeper AS SELECT count(*) FROM event_ids_2024_q1`,
  );
  expect(await query(url, 'SELECT count::int FROM keeper')).toEqual([{ count: 1 }]);
  const later = await openPostgresStore(url);
  expect(await query(url, 'SELECT event_id FROM event_ids')).toEqual([{ event_id: 'young' }]);
  expect(await query(url, `SELECT to_regclass('event_ids_2024_q1')::text AS name`)).toEqual([
    { name: null },
  ]);
  const again = { ...old, receivedAt: Date.now() };
  const answers = await later.tenant('default').track([again, young]);
  expect(answers.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate']);
  await later.close();
});

test('ids have partitions for this quarter and the next, also where a role owns no table', async () => {
  const url = await createDatabase();
  await (await openPostgresStore(url)).close();
  const parts = `SELECT count(*)::int AS parts FROM pg_inherits
    WHERE inhparent = 'event_ids'::regclass AND inhrelid::regclass::text ~ '_q[1-4]$'`;
  expect(await query(url, parts)).toEqual([{ parts: 2 }]);
  await query(
    url,
    `DO $$ DECLARE part regclass; BEGIN
       FOR part IN SELECT inhrelid::regclass FROM pg_inherits
         WHERE inhparent = 'event_ids'::regclass AND inhrelid::regclass::text ~ '_q[1-4]$'
       LOOP EXECUTE format('DROP TABLE %s', part); END LOOP; END $$;
     CREATE ROLE keeper LOGIN PASSWORD 'keeper';
     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO keeper`,
  );
  const store = await openPostgresStore(url.replace(/\/\/[^@]*@/, '//keeper:keeper@'));
  expect(await query(url, parts)).toEqual([{ parts: 2 }]);
  await store.close();
});

test('lists by the last use also what no event tells of any more', async () => {
  const url = await createDatabase();
  const store = await openPostgresStore(url);
  const patterns = store.tenant('default');
  const day = (text: string) => Date.parse(text);
  await patterns.track([
    trackedEvent({ patternId: 'a', at: day('2026-05-01') }),
    trackedEvent({ patternId: 'b', at: day('2026-06-01') }),
    trackedEvent({ patternId: 'c', at: day('2026-06-02') }),
  ]);
  await patterns.track([
    trackedEvent({ patternId: 'a', eventType: 'pattern_applied', at: day('2026-06-03') }),
    trackedEvent({ patternId: 'b', eventType: 'pattern_deprecated', at: day('2026-06-04') }),
  ]);
  const pages = async () => {
    const ids: string[] = [];
    let before: { at: number; id: string } | undefined;
    for (;;) {
      const [next] = await patterns.patterns({ limit: 1, order: 'last_seen', before });
      if (!next) return ids;
      ids.push(next.id);
      before = { at: next.lastSeenAt, id: next.id };
    }
  };
  expect(await pages()).toEqual(['a', 'c', 'b']);
  await query(url, 'DELETE FROM events');
  expect(await pages()).toEqual(['a', 'c', 'b']);
  await store.close();
});

test('an event that two replicas apply at the turn of a quarter is applied once', async () => {
  const url = await createDatabase();
  await (await openPostgresStore(url)).close();
  // Quarters of a millisecond.
  await query(
    url,
    `CREATE OR REPLACE FUNCTION event_period(of_time timestamptz) RETURNS integer LANGUAGE sql STABLE
     AS $$ SELECT (extract(epoch FROM of_time) * 1000)::bigint % 1000000000 $$`,
  );
  // They take turns, so the last of them wait for long.
  const patient = { patienceMs: 120_000 };
  const stores = await Promise.all([1, 2, 3].map(async () => openPostgresStore(url, patient)));
  await stores[0]?.tenant('default').track([trackedEvent({ patternId: 'a' })]);
  const events = Array.from({ length: 150 }, (_, n) =>
    trackedEvent({ patternId: 'a', eventType: 'pattern_applied', eventId: `e${n}` }),
  );
  const answers = await Promise.all(
    stores.flatMap((store) =>
      // Resent events get another time if they named none.
      events.map(async (event, n) => {
        const at = n * 1_000 + stores.indexOf(store);
        return (await store.tenant('default').track([{ ...event, at }]))[0]?.kind;
      }),
    ),
  );
  expect(answers.filter((kind) => kind === 'noted')).toHaveLength(150);
  expect(await query(url, 'SELECT count(*)::int FROM events')).toEqual([{ count: 151 }]);
  expect(await query(url, 'SELECT count(DISTINCT period) > 1 AS turned FROM event_ids')).toEqual([
    { turned: true },
  ]);
  for (const store of stores) await store.close();
});
