import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { mergeLater } from '../../../lib/store/maintenance/merge.ts';
import { lineageContract } from '../../contracts/lineage-contract.ts';
import { databaseOutcomes, tellDatabase } from '../../contracts/lineage-writers.ts';

// Of each history one database is told the first half, the other one the rest; then they are merged.
lineageContract('merge of two databases', {
  mostOrders: 24,
  randomHistories: 60,
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
    const paths = [join(folder, 'older.db'), join(folder, 'later.db')] as const;
    const [older, later] = paths.map((path) => {
      const database = openDatabase(path);
      database.pragma('synchronous = OFF');
      return database;
    });
    if (!older || !later) throw new Error('two were opened');
    return {
      kind: 'merge',
      tell: (events) => {
        const half = Math.floor(events.length / 2);
        tellDatabase(older, events.slice(0, half));
        tellDatabase(later, events.slice(half));
      },
      outcomes: (ids) => {
        if (later.prepare('SELECT 1 FROM patterns').get()) {
          mergeLater(older, paths[1]);
          for (const table of ['patterns', 'lineage_edges', 'pending_edges', 'occurrences']) {
            later.exec(`DELETE FROM ${table}`);
          }
          later.exec('DELETE FROM deprecations');
        }
        return databaseOutcomes(older, ids);
      },
      dispose: () => {
        older.close();
        later.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
