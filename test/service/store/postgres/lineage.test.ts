import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { DEFAULT_TENANT } from '../../../../lib/service/store/tenants.ts';
import { lineageContract } from '../../../contracts/lineage-contract.ts';
import { inRun, outcomesOf } from '../../../contracts/lineage-histories.ts';
import type { HistoryEvent } from '../../../contracts/lineage-histories.ts';
import { serviceOutcomes, tellService } from '../../../contracts/lineage-writers.ts';
import { startPostgres } from '../../../support/postgres-server.ts';

lineageContract('service on PostgreSQL', {
  mostOrders: 12,
  randomHistories: 40,
  open: async () => {
    const server = await startPostgres();
    const url = await server.createDatabase();
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
        await server.remove();
      },
    };
  },
});

describe('replicas that are told of one lineage at the same time', () => {
  it('store what one would have stored', async () => {
    const server = await startPostgres();
    const url = await server.createDatabase();
    const replicas = await Promise.all(
      Array.from({ length: 3 }, async () => openPostgresStore(url, { poolSize: 2 })),
    );
    try {
      const stores = replicas.map((replica) => replica.tenant(DEFAULT_TENANT));
      const [store] = stores;
      if (!store) throw new Error('three were opened');
      for (let run = 0; run < 12; run++) {
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
      await server.remove();
    }
  });
});

// --- internal ---

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
