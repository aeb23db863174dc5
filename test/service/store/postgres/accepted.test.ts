import postgres from 'postgres';
import { expect, test } from 'vitest';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';
import { createDatabase } from '../../../support/shared-postgres.ts';

test('an event is not told before one with a lower number that is not committed yet', async () => {
  const url = await createDatabase();
  const store = await openPostgresStore(url, { poolSize: 3 });
  const patterns = store.tenant('default');
  const ids = async () =>
    (await patterns.accepted({ after: 0, limit: 10, withCode: false })).map(
      ({ eventId }) => eventId,
    );
  await patterns.track([trackedEvent({ patternId: 'a', eventId: 'first' })]);
  await expect.poll(ids).toEqual(['first']);
  const slow = postgres(url, { max: 1, onnotice: () => {} });
  await slow.begin(async (sql) => {
    await sql`INSERT INTO events (tenant, event_id, event_type, pattern_id, version, at, received_at, extra)
      VALUES ('default', 'slow', 'pattern_applied', 'a', '1.0.0', 1, 1, '{}')`;
    await patterns.track([trackedEvent({ patternId: 'b', eventId: 'quick' })]);
    for (let looks = 0; looks < 3; looks++) expect(await ids()).toEqual(['first']);
  });
  await expect.poll(ids).toEqual(['first', 'slow', 'quick']);
  await slow.end();
  await store.close();
});

test('events of three replicas that write at once are all told, each once', async () => {
  const url = await createDatabase();
  const stores = await Promise.all([1, 2, 3].map(async () => openPostgresStore(url)));
  const reader = stores[0]?.tenant('default');
  let isDone = false;
  const writing = Promise.all(
    stores.map(async (store, replica) => {
      for (let n = 0; n < 60; n++) {
        await store
          .tenant('default')
          .track([1, 2, 3].map((k) => trackedEvent({ patternId: `p${replica}-${n}-${k}` })));
      }
    }),
  ).then(() => (isDone = true));
  const told: string[] = [];
  let after = 0;
  for (let isLast = false; ;) {
    const events = (await reader?.accepted({ after, limit: 20, withCode: false })) ?? [];
    told.push(...events.map(({ eventId }) => eventId));
    after = events.at(-1)?.number ?? after;
    if (isLast && events.length === 0) break;
    isLast = isDone;
  }
  await writing;
  expect(told).toHaveLength(540);
  expect(new Set(told).size).toBe(540);
  for (const store of stores) await store.close();
});
