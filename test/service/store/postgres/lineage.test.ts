import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { DEFAULT_TENANT } from '../../../../lib/service/store/tenants.ts';
import { lineageContract } from '../../../contracts/lineage-contract.ts';
import { inRun, outcomesOf } from '../../../contracts/lineage-histories.ts';
import type { HistoryEvent } from '../../../contracts/lineage-histories.ts';
import { serviceOutcomes, tellService } from '../../../contracts/lineage-writers.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';
import { times } from '../../../support/depth.ts';
import { createDatabase } from '../../../support/shared-postgres.ts';

lineageContract('service on PostgreSQL', {
  mostOrders: times(1, 12),
  randomHistories: times(6, 40),
  open: async () => {
    const url = await createDatabase();
    const service = await openPostgresStore(url, { poolSize: 2 });
    const store = service.tenant(DEFAULT_TENANT);
    const sql = postgres(url, { max: 1 });
    const reasonOf = async (id: string) => {
      const [row] = await sql`SELECT deprecation_reason AS reason FROM patterns WHERE id = ${id}`;
      return (row?.['reason'] as string | null) ?? null;
    };
    return {
      kind: 'service',
      tell: (events) => tellService(store, events),
      outcomes: (ids) => serviceOutcomes(store, ids, reasonOf),
      dispose: async () => {
        await sql.end();
        await service.close();
      },
    };
  },
});

describe('replicas that are told of one lineage at the same time', () => {
  const RUNS = times(2, 12);

  it('store what one would have stored', async () => {
    const url = await createDatabase();
    const replicas = await Promise.all(
      Array.from({ length: 3 }, async () => openPostgresStore(url, { poolSize: 2 })),
    );
    try {
      const stores = replicas.map((replica) => replica.tenant(DEFAULT_TENANT));
      const [store] = stores;
      if (!store) throw new Error('three were opened');
      for (let run = 0; run < RUNS; run++) {
        const events = inRun(`run${run}`, entangled(run));
        await Promise.all(
          stores.map(async (each, index) =>
            tellService(
              each,
              events.filter((_, place) => place % stores.length === index),
            ),
          ),
        );
        const expected = outcomesOf(events);
        const ids = expected.map(({ id }) => id);
        expect(await serviceOutcomes(store, ids, async () => null)).toEqual(expected);
      }
    } finally {
      for (const replica of replicas) await replica.close();
    }
  });
});

describe('one that writes lineage beside others', () => {
  const ALONE = 'pg_advisory_xact_lock';
  const BESIDE = 'pg_advisory_xact_lock_shared';
  const plain = trackedEvent({ patternId: 'new', at: 50 });
  const child = trackedEvent({
    patternId: 'child',
    eventType: 'pattern_modified',
    parentIds: ['a'],
    at: 60,
  });

  it.each([
    ['waits for one that changes what is there', ALONE, plain, 'waits'],
    ['waits for it also to draw an edge', ALONE, child, 'waits'],
    ['waits for nobody else', BESIDE, plain, 'writes'],
    ['waits for nobody else to draw an edge', BESIDE, child, 'writes'],
    ['waits for all to move an origin', BESIDE, trackedEvent({ patternId: 'a', at: 10 }), 'waits'],
    [
      'waits for all to claim a parent that is not there',
      BESIDE,
      trackedEvent({ patternId: 'b', parentIds: ['unknown'], at: 70 }),
      'waits',
    ],
  ])('%s', async (_name, lock, event, expected) => {
    const url = await createDatabase();
    const service = await openPostgresStore(url, { poolSize: 2 });
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      const store = service.tenant(DEFAULT_TENANT);
      await store.track([trackedEvent({ patternId: 'a', at: 20 })]);
      let written: Promise<unknown> = Promise.resolve();
      await sql.begin(async (holder) => {
        await holder.unsafe(`SELECT ${lock}(hashtextextended('descent of ' || $1, 0))`, [
          DEFAULT_TENANT,
        ]);
        let isWritten = false;
        written = store.track([event]).then(() => (isWritten = true));
        await expect
          .poll(async () => (isWritten ? 'writes' : (await waitingIn(holder)) > 0 && 'waits'))
          .toBe(expected);
      });
      await written;
      expect(await store.pattern(event.patternId)).toBeDefined();
    } finally {
      await sql.end();
      await service.close();
    }
  });

  const moved = trackedEvent({
    patternId: 'a',
    eventType: 'pattern_modified',
    parentIds: ['z'],
    at: 10,
  });
  const claim = trackedEvent({ patternId: 'child', parentIds: ['late'], at: 60 });
  const late = trackedEvent({ patternId: 'late', at: 5 });
  it.each([
    ['a parent that moved', moved, child, { generation: 3, lineageId: 'z' }],
    ['a child that came', child, moved, { generation: 3, lineageId: 'z' }],
    ['a claim that came', claim, late, { generation: 2, lineageId: 'late' }],
  ])('sees %s since it read', async (_name, first, second, expected) => {
    const url = await createDatabase();
    const service = await openPostgresStore(url, { poolSize: 2 });
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      const store = service.tenant(DEFAULT_TENANT);
      await store.track([
        trackedEvent({ patternId: 'z', at: 1 }),
        trackedEvent({ patternId: 'a', at: 20 }),
      ]);
      const written: Promise<unknown>[] = [];
      await sql.begin(async (holder) => {
        await holder.unsafe(`SELECT ${ALONE}(hashtextextended('descent of ' || $1, 0))`, [
          DEFAULT_TENANT,
        ]);
        for (const event of [first, second]) {
          written.push(store.track([event]));
          await expect.poll(() => waitingIn(holder)).toBe(written.length);
        }
      });
      await Promise.all(written);
      expect(await store.pattern('child')).toMatchObject(expected);
    } finally {
      await sql.end();
      await service.close();
    }
  });
});

// --- internal ---

/** How many wait for a lock on the lineage of a tenant. */
async function waitingIn(sql: postgres.TransactionSql): Promise<number> {
  const rows = await sql`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return rows.length;
}

/** Edits back and forth among a few patterns, the later ones first, so that origins keep moving. */
function entangled(seed: number): HistoryEvent[] {
  let state = seed * 7919 + 1;
  const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  return Array.from({ length: 36 }, (_, index) => {
    const parents = Array.from({ length: next(3) }, () => ids[next(ids.length)] ?? 'a');
    return {
      kind: 'occurrence' as const,
      patternId: ids[next(ids.length)] ?? 'a',
      at: 400 - index * 10 + next(40),
      eventId: `${index}`,
      parentIds: [...new Set(parents)],
      edgeType: parents.length > 1 ? ('merged_from' as const) : ('modified_from' as const),
    };
  });
}
