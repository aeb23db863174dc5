import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { openTestDatabase } from '../../support/test-database.ts';
import { descentFaults } from '../../../lib/store/maintenance/descent-check.ts';
import { removeChosen } from '../../../lib/store/maintenance/forget/removal.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';
import { mergeLater } from '../../../lib/store/maintenance/merge.ts';
import { lineageContract } from '../../contracts/lineage-contract.ts';
import { times } from '../../support/depth.ts';
import { databaseOutcomes, tellDatabase } from '../../contracts/lineage-writers.ts';

// Of each history one database is told the first half, the other one the rest; then they are merged.
lineageContract('merge of two databases', {
  mostOrders: times(3, 24),
  randomHistories: times(8, 60),
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
    const paths = [join(folder, 'older.db'), join(folder, 'later.db')] as const;
    const [older, later] = paths.map((path) => {
      const database = openTestDatabase(path);
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

it('does not bring back what one of them has forgotten', () => {
  const stores = [new TestStore(), new TestStore()] as const;
  const [older, later] = stores;
  const code = 'export const gone = 1;\n';
  for (const store of stores) {
    store.take(
      hook.write('t1', '/w/a.ts', code, { session_id: 'gone' }),
      hook.event('Stop', { session_id: 'gone' }),
      hook.write('t2', '/w/b.ts', 'export const kept = 1;\n', { session_id: 'kept' }),
    );
  }
  // Only the older one was told of this; it is of the same time.
  older.arrive([
    { payload: hook.write('t3', '/w/c.ts', code, { session_id: 'gone' }), at: 1_500_000 },
  ]);
  later.database
    .transaction(() => removeChosen(later.database, { session: 'gone', at: 2_000_000 }))
    .immediate();
  mergeLater(older.database, later.database.name);
  expect(older.rows('SELECT code FROM patterns')).toEqual([{ code: 'export const kept = 1;\n' }]);
  expect(older.rows('SELECT session_id AS id FROM events')).toEqual([{ id: 'kept' }]);
  expect(older.rows('SELECT id FROM sessions')).toEqual([{ id: 'kept' }]);
  expect(verifyDatabase(older.database.name).findings).toEqual([]);
  for (const store of stores) store.remove();
});
