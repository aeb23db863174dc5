import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineageContract } from '../../contracts/lineage-contract.ts';
import { databaseOutcomes, tellDatabase } from '../../contracts/lineage-writers.ts';
import { openTestDatabase } from '../../support/test-database.ts';

lineageContract('courier: patterns written to tracker.db', {
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
    const database = openTestDatabase(join(folder, 'tracker.db'));
    database.pragma('synchronous = OFF');
    return {
      kind: 'courier',
      tell: (events) => tellDatabase(database, events),
      outcomes: (ids) => databaseOutcomes(database, ids),
      dispose: () => {
        database.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
