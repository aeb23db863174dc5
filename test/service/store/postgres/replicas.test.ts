import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import type { TrackAnswer } from '../../../../lib/service/store/rows/tracked-event.ts';
import { POSTGRES_MIGRATIONS } from '../../../../lib/service/store/postgres/schema/migrations.ts';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';
import { createDatabase } from '../../../support/shared-postgres.ts';

describe('replicas on one database', () => {
  test('may all start at once on an empty one', async () => {
    const url = await createDatabase();
    const stores = await Promise.all(
      Array.from({ length: 10 }, () => openPostgresStore(url, { poolSize: 1 })),
    );
    const answers = await Promise.all(
      stores.map((store, n) =>
        store.tenant('default').track([trackedEvent({ patternId: `p${n}` })]),
      ),
    );
    expect(answers.flat().map(({ kind }) => kind)).toEqual(Array(10).fill('created'));
    await Promise.all(stores.map((store) => store.close()));
    expect(await query(url, 'SELECT version FROM schema_migrations ORDER BY version')).toEqual(
      POSTGRES_MIGRATIONS.map((_script, index) => ({ version: index + 1 })),
    );
  });

  test('lose and double nothing of the same events sent to all of them at once', async () => {
    const url = await createDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore(url, { poolSize: 4 })));
    // Chains whose links lie in different batches, and uses of a pattern that all write to.
    const events = Array.from({ length: 600 }, (_, n) =>
      n % 3 === 2
        ? trackedEvent({ patternId: 'p0', eventType: 'pattern_applied', at: n, eventId: `e${n}` })
        : trackedEvent({
            patternId: `p${n % 150}`,
            at: n,
            eventId: `e${n}`,
            sessionId: `s${n % 7}`,
          }),
    );
    await stores[0]?.tenant('default').track(events.slice(0, 1));
    const answers: TrackAnswer[] = [];
    await Promise.all(
      stores.map(async (store, replica) => {
        for (let from = 0; from < events.length; from += 40) {
          const batch = events.slice(from, from + 40 + replica);
          answers.push(...(await store.tenant('default').track(batch)));
        }
      }),
    );
    expect(answers.filter(({ kind }) => kind === 'refused')).toEqual([]);
    const applied = answers.filter(({ kind }) => kind !== 'duplicate');
    expect(applied).toHaveLength(events.length - 1);
    const stats = await stores[1]?.tenant('default').stats();
    const rows = await query(
      url,
      `SELECT (SELECT count(*)::int FROM events) AS events,
         (SELECT count(*)::int FROM event_ids) AS ids,
         (SELECT sum(occurrences)::int FROM known_patterns) AS occurrences,
         (SELECT count(*)::int FROM patterns) AS patterns,
         (SELECT count(*)::int FROM sessions) AS sessions`,
    );
    expect(rows).toEqual([
      {
        events: 600,
        ids: 600,
        occurrences: 600,
        patterns: stats?.patterns,
        sessions: stats?.sessions,
      },
    ]);
    expect(stats).toMatchObject({ occurrences: 600, sessions: 8 });
    await Promise.all(stores.map((store) => store.close()));
  });

  test('give events of a month a partition, and odd times the default one', async () => {
    const url = await createDatabase();
    const now = () => Date.parse('2026-01-31T23:59:59Z');
    const stores = await Promise.all([1, 2].map(() => openPostgresStore(url, { now })));
    await Promise.all(
      stores.map((store, n) =>
        store
          .tenant('default')
          .track(
            ['1970-01-01', '2025-11-30', '2026-01-31', '2099-01-01'].map((day) =>
              trackedEvent({ patternId: `p${n}`, at: Date.parse(day) }),
            ),
          ),
      ),
    );
    expect(
      await query(
        url,
        `SELECT tableoid::regclass::text AS partition, count(*)::int AS rows
         FROM events GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      { partition: 'events_2025_11', rows: 2 },
      { partition: 'events_2026_01', rows: 2 },
      { partition: 'events_default', rows: 4 },
    ]);
    expect(await query(url, `SELECT to_regclass('events_2026_02') IS NOT NULL AS made`)).toEqual([
      { made: true },
    ]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('go on without a partition while the table is locked, as by a dump', async () => {
    const url = await createDatabase();
    const time = (day: string) => Date.parse(day);
    await (await openPostgresStore(url, { now: () => time('2031-06-01') })).close();
    const dump = postgres(url, { max: 1, onnotice: () => {} });
    await dump.unsafe('BEGIN; LOCK TABLE events IN ACCESS SHARE MODE').simple();
    const store = await openPostgresStore(url, { now: () => time('2031-09-01') });
    const event = trackedEvent({ patternId: 'a', at: time('2031-09-01') });
    expect(await store.tenant('default').track([event])).toMatchObject([{ kind: 'created' }]);
    await dump.end();
    await store.close();
  });

  test('go on without a partition when they may not make tables', async () => {
    const url = await createDatabase();
    const owner = await openPostgresStore(url);
    await owner.close();
    await query(
      url,
      `CREATE ROLE worker LOGIN PASSWORD 'worker';
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO worker`,
    );
    const store = await openPostgresStore(url.replace(/\/\/[^@]*@/, '//worker:worker@'), {
      now: () => Date.parse('2031-06-01'),
    });
    const event = trackedEvent({ patternId: 'a', at: Date.parse('2031-06-01') });
    expect(await store.tenant('default').track([event])).toMatchObject([{ kind: 'created' }]);
    await store.close();
  });
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const rows = await sql.unsafe(text);
  await sql.end();
  return [...rows];
}
