import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase } from '../../../support/test-database.ts';
import { openSqliteStore } from '../../../../lib/service/store/sqlite/store.ts';
import { DEFAULT_TENANT } from '../../../../lib/service/store/tenants.ts';
import { times } from '../../../support/depth.ts';
import { lineageContract } from '../../../contracts/lineage-contract.ts';
import { serviceOutcomes, tellService } from '../../../contracts/lineage-writers.ts';

lineageContract('service on SQLite', {
  mostOrders: times(3, 24),
  randomHistories: times(10, 60),
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
    const path = join(folder, 'tracker.db');
    const database = openTestDatabase(path);
    const service = openSqliteStore(path);
    const store = service.tenant(DEFAULT_TENANT);
    const reason = database
      .prepare<[string], string>('SELECT reason FROM deprecations WHERE pattern_id = ?')
      .pluck();
    return {
      kind: 'service',
      tell: (events) => tellService(store, events),
      outcomes: (ids) => serviceOutcomes(store, ids, async (id) => reason.get(id) ?? null),
      dispose: async () => {
        database.close();
        await service.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
