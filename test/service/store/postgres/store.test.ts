import { beforeAll } from 'vitest';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import type { ServiceStore } from '../../../../lib/service/store/service-store.ts';
import { patternStoreContract } from '../../../contracts/pattern-store-contract.ts';
import { createDatabase } from '../../../support/shared-postgres.ts';

/** With its tables, which take longer to make than to copy. */
let template: string;
const urls = new WeakMap<ServiceStore, string>();

beforeAll(async () => {
  template = await createDatabase();
  await (await open(template)).close();
});

async function open(url: string): Promise<ServiceStore> {
  const store = await openPostgresStore(url, { poolSize: 2 });
  urls.set(store, url);
  return store;
}

patternStoreContract('a store on PostgreSQL', {
  open: async () => open(await createDatabase(template)),
  openAgain: (store) => open(urls.get(store) ?? ''),
});
