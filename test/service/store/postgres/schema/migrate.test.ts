import postgres from 'postgres';
import { expect, test } from 'vitest';
import { forget } from '../../../../../lib/service/store/forgetting.ts';
import { openPostgresStore } from '../../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../../contracts/tracked-event.ts';
import { createDatabase } from '../../../../support/shared-postgres.ts';
import { migrateAsBefore, PreviousReplica } from './previous-release.ts';

test('a replica of the release before and a new one write side by side while the schema is changed', async () => {
  const url = await createDatabase();
  await migrateAsBefore(url);
  const before = new PreviousReplica(url);
  const shared = Array.from({ length: 5 }, (_, n) => `shared-${n}`);
  const made = shared.map((patternId, n) =>
    trackedEvent({ patternId, eventId: `made-${n}`, at: n }),
  );
  await before.track(made);
  let uses = 0;
  let isOver = false;
  const write = async (name: string, track: (events: typeof made) => Promise<unknown>) => {
    while (!isOver) {
      const n = uses++;
      const at = 1_000 + n;
      await track([
        trackedEvent({ patternId: `${name}-${n}`, eventId: `${name}-${n}`, at }),
        trackedEvent({
          patternId: shared[n % 5] ?? '',
          eventType: 'pattern_applied',
          eventId: `use-${n}`,
          at,
        }),
      ]);
    }
  };
  const old = write('old', (events) => before.track(events));
  await expect.poll(() => uses).toBeGreaterThan(20);
  const store = await openPostgresStore(url);
  const patterns = store.tenant('default');
  const atUpgrade = uses;
  const young = write('new', (events) => patterns.track(events));
  await expect.poll(() => uses).toBeGreaterThan(atUpgrade + 100);
  isOver = true;
  await Promise.all([old, young]); // a write that failed would reject

  // Both refuse what the other has applied.
  const last = { patternId: 'shared-0', eventType: 'pattern_applied', at: 9_999_999 } as const;
  await before.track([trackedEvent({ ...last, eventId: 'told-to-old' })]);
  await patterns.track([trackedEvent({ ...last, eventId: 'told-to-new' })]);
  const again = ['told-to-old', 'told-to-new', 'made-0', 'use-0'].map((eventId) =>
    trackedEvent({ ...last, eventId }),
  );
  for (const replica of [before, patterns]) {
    const answers = await replica.track(again);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(4).fill('duplicate'));
  }

  const all = await patterns.patterns({ limit: 1_000_000, order: 'last_seen' });
  expect(all).toHaveLength(uses + 5);
  expect(all.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(5 + 2 * uses + 2);
  expect((await patterns.stats()).occurrences).toBe(5 + 2 * uses + 2);
  expect(all[0]).toMatchObject({ id: 'shared-0', lastSeenAt: 9_999_999 });
  const order = all.map(({ lastSeenAt }) => lastSeenAt);
  expect(order).toEqual(order.toSorted((one, other) => other - one));

  // Deleting some uses leaves the sum of both, wherever they were counted.
  const { occurrences = 0 } = (await patterns.pattern('shared-1')) ?? {};
  const { removed } = await forget(
    patterns,
    { patternId: 'shared-1', before: 1_050 },
    { isTrial: false, clock: Date.now },
  );
  expect(removed.occurrences).toBeGreaterThan(5);
  expect(await patterns.pattern('shared-1')).toMatchObject({
    occurrences: occurrences - removed.occurrences,
  });
  expect(await before.pattern('shared-1')).toMatchObject({
    occurrences: occurrences - removed.occurrences,
  });
  await before.close();
  await store.close();
});

test('a migration that was killed while it built an index is taken up', async () => {
  const url = await createDatabase();
  await migrateAsBefore(url);
  const before = new PreviousReplica(url);
  await before.track([trackedEvent({ patternId: 'a', eventId: 'a' })]);
  await before.close();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe('ALTER TABLE event_ids ADD COLUMN period integer NOT NULL DEFAULT 0');
  await sql.unsafe('CREATE UNIQUE INDEX event_ids_key ON event_ids (tenant, event_id, period)');
  await sql.unsafe(
    `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'event_ids_key'::regclass`,
  );
  const stores = await Promise.all([1, 2, 3].map(async () => openPostgresStore(url)));
  const again = await stores[0]
    ?.tenant('default')
    .track([trackedEvent({ patternId: 'a', eventId: 'a' })]);
  expect(again).toMatchObject([{ kind: 'duplicate' }]);
  expect(
    await sql`SELECT indisvalid FROM pg_index WHERE indrelid = 'event_ids_before'::regclass`,
  ).toMatchObject([{ indisvalid: true }]);
  for (const store of stores) await store.close();
  await sql.end();
});

test('what a role was granted before, it is granted of what came', async () => {
  const url = await createDatabase();
  await migrateAsBefore(url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`
    CREATE ROLE old_worker LOGIN PASSWORD 'worker';
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO old_worker`);
  await sql.end();
  await (await openPostgresStore(url)).close();
  const store = await openPostgresStore(url.replace(/\/\/[^@]*@/, '//old_worker:worker@'), {
    migrate: 'never',
  });
  const patterns = store.tenant('default');
  await patterns.track([trackedEvent({ patternId: 'a', eventId: 'a1' })]);
  await patterns.track([trackedEvent({ patternId: 'a', eventId: 'a2' })]);
  expect(await patterns.pattern('a')).toMatchObject({ occurrences: 2 });
  expect(await patterns.accepted({ after: 0, limit: 5, withCode: false })).toHaveLength(2);
  await store.close();
});
