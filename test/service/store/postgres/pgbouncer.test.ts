import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import type { ServiceStore } from '../../../../lib/service/store/service-store.ts';
import { patternStoreContract } from '../../../contracts/pattern-store-contract.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';
import { hasPgBouncer, startPgBouncer } from '../../../support/pgbouncer.ts';
import type { PgBouncer } from '../../../support/pgbouncer.ts';
import { createDatabase } from '../../../support/shared-postgres.ts';

/** Connections to PostgreSQL: fewer than the stores have to PgBouncer, so that they change hands all the time. */
const SERVERS = 2;
let bouncer: PgBouncer;
let template: string;
const urls = new WeakMap<ServiceStore, string>();

describe.skipIf(!hasPgBouncer())('PgBouncer that lends a connection for a transaction', () => {
  beforeAll(async () => {
    template = await createDatabase();
    await (await openPostgresStore(template)).close();
    bouncer = await startPgBouncer(template, SERVERS);
  });
  afterAll(() => bouncer.stop());

  async function open(url: string): Promise<ServiceStore> {
    const store = await openPostgresStore(`${bouncer.through(url)}?pool_size=4`);
    urls.set(store, url);
    return store;
  }

  test('is noticed, and what to write is said in health and at the start', async () => {
    const store = await open(await createDatabase(template));
    expect(store.advice?.()).toContain('no statements are prepared');
    expect((await store.health()).detail).toBe(store.advice?.());
    await store.close();
    const through = bouncer.through(await createDatabase(template));
    const told = await openPostgresStore(`${through}?prepare=false`);
    expect(told.advice?.()).toBeUndefined();
    await told.close();
    const mistaken = await openPostgresStore(`${through}?prepare=true&pool_size=1`);
    expect(mistaken.advice?.()).toContain('write prepare=false');
    await mistaken.close();
  });

  test('is not seen where there is none', async () => {
    const store = await openPostgresStore(await createDatabase(template));
    expect(store.advice?.()).toBeUndefined();
    expect((await store.health()).detail).toBe('operational');
    await store.close();
  });

  patternStoreContract('serves a store that is told nothing of it', {
    open: async () => open(await createDatabase(template)),
    openAgain: (store) => open(urls.get(store) ?? ''),
  });

  test('serves two replicas that make the tables and write the same patterns at a time', async () => {
    const url = await createDatabase();
    const stores = await Promise.all([open(url), open(url)]);
    const writers = stores.flatMap((store) => Array.from({ length: 4 }, () => store));
    const kinds = await Promise.all(
      writers.map(async (store, writer) => {
        const told: string[] = [];
        for (let n = 0; n < 25; n++) {
          const answers = await store.tenant('default').track([
            trackedEvent({ patternId: `p${n}`, eventId: `${writer}-${n}`, at: n }),
            trackedEvent({
              patternId: `of-${writer}-${n}`,
              eventId: `of-${writer}-${n}`,
              eventType: 'pattern_modified',
              parentIds: [`p${n}`],
              at: n + 1,
            }),
          ]);
          told.push(...answers.map(({ kind }) => kind));
        }
        return told;
      }),
    );
    expect(kinds.flat().filter((kind) => kind !== 'created' && kind !== 'exists')).toEqual([]);
    expect(await stores[0]?.tenant('default').stats()).toMatchObject({
      patterns: 25 + 8 * 25,
      occurrences: 2 * 8 * 25,
      edges: 8 * 25,
    });
    expect(await stores[1]?.health()).toMatchObject({ isWell: true });
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    const [used] = await sql<{ connections: number }[]>`
      SELECT count(*)::int AS connections FROM pg_stat_activity
      WHERE datname = current_database() AND pid != pg_backend_pid() AND client_port IS NOT NULL`;
    await sql.end();
    expect(used?.connections).toBeLessThanOrEqual(SERVERS);
    await Promise.all(stores.map((store) => store.close()));
  });
});
