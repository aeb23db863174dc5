import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { descentFaults } from '../../../lib/store/maintenance/descent-check.ts';
import { mergeLater } from '../../../lib/store/maintenance/merge.ts';
import { lineageContract } from '../../contracts/lineage-contract.ts';
import { times } from '../../support/depth.ts';
import { databaseOutcomes, tellDatabase } from '../../contracts/lineage-writers.ts';

// Of each history one database is told the first half, the other one the rest; then they are merged.
lineageContract('merge of two databases', {
  mostOrders: times(6, 24),
  randomHistories: times(20, 60),
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
        if (later.prepare('SELECT 1 FROM patterns UNION ALL SELECT 1 FROM deprecations').get()) {
          mergeLater(older, paths[1]);
          expect(descentFaults(older, 'stored')).toEqual([]);
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

it('keeps the edges of further versions, and goes by the origin rather than by when it was first seen', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
  const paths = [join(folder, 'older.db'), join(folder, 'later.db')] as const;
  const older = openDatabase(paths[0]);
  const later = openDatabase(paths[1]);
  const occurrence = { kind: 'occurrence', edgeType: 'modified_from' } as const;
  tellDatabase(older, [
    { ...occurrence, patternId: 'a', at: 10, eventId: 'e1', parentIds: [] },
    { ...occurrence, patternId: 'b', at: 20, eventId: 'e2', parentIds: ['a'] },
  ]);
  tellDatabase(later, [{ ...occurrence, patternId: 'b', at: 30, eventId: 'e3', parentIds: [] }]);
  // As a service leaves it: an application was earlier than the origin, and a further version came from b.
  later.exec(`UPDATE patterns SET first_seen_at = 5;
    INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at, position)
    VALUES ('a', 'b', 'modified_from', 40, -1)`);
  mergeLater(older, paths[1]);
  expect(
    older.prepare('SELECT id, generation, first_seen_at AS seen FROM patterns ORDER BY id').all(),
  ).toEqual([
    { id: 'a', generation: 1, seen: 10 },
    { id: 'b', generation: 2, seen: 5 },
  ]);
  expect(
    older.prepare('SELECT child_id AS child, position FROM lineage_edges ORDER BY 1').all(),
  ).toEqual([
    { child: 'a', position: -1 },
    { child: 'b', position: 0 },
  ]);
  older.close();
  later.close();
  rmSync(folder, { recursive: true });
});
