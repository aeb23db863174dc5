import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../../../lib/service/store/sqlite/store.ts';
import type { ServiceStore } from '../../../../lib/service/store/service-store.ts';
import { patternStoreContract } from '../../../contracts/pattern-store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-store-'));
const paths = new Map<ServiceStore, string>();
let opened = 0;

patternStoreContract('the store on SQLite', {
  open: async () => {
    const path = join(folder, String((opened += 1)), 'tracker.db');
    const store = openSqliteStore(path);
    paths.set(store, path);
    return store;
  },
  openAgain: async (store) => openSqliteStore(paths.get(store) ?? ''),
  dispose: async () => rmSync(folder, { recursive: true }),
});
