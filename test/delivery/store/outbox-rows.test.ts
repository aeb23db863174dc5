import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import { Outbox } from '../../../lib/delivery/store/outbox.ts';
import {
  chosenRows,
  dropRows,
  eachOutboxRow,
  outboxRows,
} from '../../../lib/delivery/store/outbox-rows.ts';
import { times } from '../../support/depth.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-rows-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Rows 1 to 10 of `http`: every third is a dead letter, sessions a and b by turns; and one of another sink. */
function fill(): void {
  database.exec('DELETE FROM outbox');
  const outbox = new Outbox(database, 'http');
  const row = { eventType: 'pattern_created', patternId: 'p', lineageId: 'l', body: '{}' };
  for (let n = 1; n <= 10; n++) {
    outbox.add({ ...row, eventId: `e${n}`, sessionId: n % 2 === 0 ? 'b-1' : 'a-1' }, n);
    if (n % 3 === 0) outbox.fail(n, { error: 'no', at: n, notBefore: undefined, isFault: true });
  }
  new Outbox(database, 'other').add({ ...row, eventId: 'e1', sessionId: 'a-1' }, 0);
}

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

it('lists, counts, walks and drops the same rows, whatever is asked for', () => {
  const filters = fc.record({
    sink: fc.constant('http'),
    dead: option(fc.boolean()),
    session: option(fc.constantFrom('a', 'a-1', 'b-1')),
    ids: option(fc.array(fc.integer({ min: 1, max: 12 }))),
    after: option(fc.nat(11)),
    upTo: option(fc.nat(11)),
    limit: fc.integer({ min: -1, max: 11 }),
  });
  fc.assert(
    fc.property(filters, (filter) => {
      fill();
      const { dead, session, ids, after = 0, upTo = 99, limit } = filter;
      const expected = Array.from({ length: 10 }, (_, index) => index + 1)
        .filter((id) => dead === undefined || (id % 3 === 0) === dead)
        .filter((id) => session === undefined || (id % 2 === 0 ? 'b-1' : 'a-1') === session)
        .filter((id) => (ids === undefined || ids.includes(id)) && id > after && id <= upTo)
        .slice(0, limit === -1 ? undefined : limit);
      expect(outboxRows(database, filter).map(({ id }) => id)).toEqual(expected);
      expect([...eachOutboxRow(database, filter)].map(({ id }) => id)).toEqual(expected);
      expect(chosenRows(database, filter)).toEqual({
        count: expected.length,
        lastId: expected.at(-1) ?? null,
      });
      expect(dropRows(database, filter)).toBe(expected.length);
      expect(database.prepare('SELECT count(*) FROM outbox').pluck().get()).toBe(
        11 - expected.length,
      );
    }),
    { numRuns: times(80, 300) },
  );
});
