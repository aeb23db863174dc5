import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { descentFaults, mendDescent } from '../../../lib/store/maintenance/descent-check.ts';
import { invariants } from '../../../lib/store/maintenance/invariants.ts';
import { movePattern } from '../../../lib/store/maintenance/pattern-move.ts';
import { outcomesOf } from '../../contracts/lineage-histories.ts';
import { databaseOutcomes, tellDatabase } from '../../contracts/lineage-writers.ts';
import { times } from '../../support/depth.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const histories = fc.array(
  fc.record({
    patternId: fc.constantFrom(...IDS),
    parentIds: fc.array(fc.constantFrom(...IDS), { maxLength: 1 }),
    at: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 24 },
);
/** Which patterns get which id: a new one, or that of another pattern. */
const moves = fc.uniqueArray(
  fc.record({ from: fc.constantFrom(...IDS.slice(0, 3)), to: fc.constantFrom('d', 'e', 'x', 'y') }),
  { selector: ({ from }) => from, minLength: 1 },
);

let folder: string;
let databases = 0;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'pattern-move-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it('leaves lineage as if the patterns had always had their new ids', () => {
  fc.assert(
    fc.property(histories, moves, (drawn, chosen) => {
      const events = drawn.map((event, n) => ({
        ...event,
        kind: 'occurrence' as const,
        edgeType: 'modified_from' as const,
        eventId: `e${String(n).padStart(2, '0')}`,
      }));
      const renamed = new Map(chosen.map(({ from, to }) => [from, to]));
      const nameOf = (id: string) => renamed.get(id) ?? id;
      const expected = new Map(
        outcomesOf(
          events.map((event) => ({
            ...event,
            patternId: nameOf(event.patternId),
            parentIds: event.parentIds.map(nameOf),
          })),
        ).map((outcome) => [outcome.id, outcome]),
      );
      const database = openDatabase(join(folder, `${(databases += 1)}.db`));
      database.pragma('synchronous = OFF');
      try {
        tellDatabase(database, events);
        database
          .transaction(() => {
            for (const { from, to } of chosen) {
              const name = database
                .prepare<[string], string>('SELECT name FROM patterns WHERE id = ?')
                .pluck()
                .get(from);
              if (name !== undefined)
                movePattern(database, { from, to, name, code: `code of ${to}` });
            }
            mendDescent(database);
          })
          .immediate();
        // Claims on a pattern that never was there keep the old id: nobody can have redacted its code.
        const known = new Set(drawn.map(({ patternId }) => patternId));
        fc.pre(chosen.every(({ from }) => known.has(from)));
        const ids = [...IDS, 'x', 'y'];
        expect(databaseOutcomes(database, ids)).toEqual(ids.map((id) => expected.get(id)));
        expect(descentFaults(database, 'stored')).toEqual([]);
        for (const { fault, count } of invariants(database)) {
          expect([fault, count(database)]).toEqual([fault, 0]);
        }
      } finally {
        database.close();
      }
    }),
    { numRuns: times(20, 150) },
  );
});
