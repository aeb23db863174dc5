import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../../lib/store/database/database.ts';
import { descentFaults } from '../../../../lib/store/maintenance/descent-check.ts';
import { removeChosen } from '../../../../lib/store/maintenance/forget/removal.ts';
import { outcomesOf } from '../../../contracts/lineage-histories.ts';
import type { HistoryEvent } from '../../../contracts/lineage-histories.ts';
import { databaseOutcomes, tellDatabase } from '../../../contracts/lineage-writers.ts';
import { times } from '../../../support/depth.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Occurrences with at most one parent, of which some share a millisecond. */
const histories = fc.array(
  fc.record({
    patternId: fc.constantFrom(...IDS),
    parentIds: fc.array(fc.constantFrom(...IDS), { maxLength: 1 }),
    at: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 24 },
);

let folder: string;
let databases = 0;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'forget-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it('leaves patterns and lineage as if what was forgotten had never been recorded', () => {
  fc.assert(
    fc.property(
      histories,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      (drawn, since, length) => {
        const events = drawn.map((event, n): HistoryEvent => ({
          ...event,
          kind: 'occurrence',
          edgeType: 'modified_from',
          eventId: `e${String(n).padStart(2, '0')}`,
        }));
        const until = since + length;
        const left = events.filter(({ at }) => at < since || at >= until);
        const database = openDatabase(join(folder, `${(databases += 1)}.db`));
        database.pragma('synchronous = OFF');
        try {
          tellDatabase(database, events);
          database
            .transaction(() => removeChosen(database, { since, until, at: 1_000 }))
            .immediate();
          const expected = new Map(outcomesOf(left).map((outcome) => [outcome.id, outcome]));
          expect(databaseOutcomes(database, IDS)).toEqual(IDS.map((id) => expected.get(id)));
          expect(descentFaults(database, 'stored')).toEqual([]);
          expect(database.prepare('SELECT count(*) FROM occurrences').pluck().get()).toBe(
            left.length,
          );
        } finally {
          database.close();
        }
      },
    ),
    { numRuns: times(15, 300) },
  );
});
