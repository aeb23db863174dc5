import postgres from 'postgres';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { DEFAULT_TENANT } from '../../../../lib/service/store/tenants.ts';
import { lineageContract } from '../../../contracts/lineage-contract.ts';
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
