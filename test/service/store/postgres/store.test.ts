import { afterAll, beforeAll } from 'vitest';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import type { ServiceStore } from '../../../../lib/service/store/service-store.ts';
import { patternStoreContract } from '../../../contracts/pattern-store-contract.ts';
import { startPostgres } from '../../../support/postgres-server.ts';
import type { PostgresServer } from '../../../support/postgres-server.ts';

let server: PostgresServer;
/** With its tables, which take longer to make than to copy. */
let template: string;
const urls = new WeakMap<ServiceStore, string>();

beforeAll(async () => {
  server = await startPostgres();
  template = await server.createDatabase();
  await (await open(template)).close();
});
afterAll(() => server.remove());

async function open(url: string): Promise<ServiceStore> {
  const store = await openPostgresStore(url, { poolSize: 2 });
  urls.set(store, url);
  return store;
}

patternStoreContract('a store on PostgreSQL', {
  open: async () => open(await server.createDatabase(template)),
  openAgain: (store) => open(urls.get(store) ?? ''),
});
