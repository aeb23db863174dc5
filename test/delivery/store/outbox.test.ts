import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import type {
  DueEvent,
  OutboxPassOptions,
  PassLimits,
} from '../../../lib/delivery/store/outbox-pass.ts';
import { Outbox } from '../../../lib/delivery/store/outbox.ts';

const ALL = { now: 1_000, after: 0, rows: 1_000, bytes: 1_000_000 };

let folder: string;
let database: Database;
let outbox: Outbox;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
  outbox = new Outbox(database, 'http');
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function add(
  eventId: string,
  lineageId = eventId,
  fields: { body?: string; session?: string; type?: string } = {},
) {
  return outbox.add(
    {
      eventId,
      eventType: fields.type ?? 'pattern_created',
      sessionId: fields.session ?? 's1',
      patternId: eventId,
      lineageId,
      body: fields.body ?? '{}',
    },
    500,
  );
}

const due = ({
  early,
  sessionId,
  ...limits
}: Partial<PassLimits> & OutboxPassOptions = {}): string[] =>
  idsOf(outbox.pass({ early, sessionId }).next({ ...ALL, ...limits }));
const idsOf = (rows: readonly DueEvent[]) => rows.map(({ eventId }) => eventId);
const idOf = (eventId: string) =>
  database.prepare('SELECT id FROM outbox WHERE event_id = ?').pluck().get(eventId) as number;
/** A pattern in the database, for its lineage. */
function knowPattern(id: string, lineageId: string): void {
  database
    .prepare(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
         occurrences, first_seen_at, last_seen_at)
       VALUES (?, 'a.ts', 'code', 'typescript', 1, 'created', 1, ?, 1, 500, 500)`,
    )
    .run(id, lineageId);
}
const fail = (eventId: string, notBefore: number | undefined, isFault = false) =>
  outbox.fail(idOf(eventId), { error: 'down', at: 900, notBefore, isFault });

describe('the outbox of a sink', () => {
  it('takes an event once', () => {
    expect([add('a'), add('a')]).toEqual([true, false]);
    expect(due()).toEqual(['a']);
  });

  it('keeps the events of another sink apart', () => {
    add('a');
    expect(new Outbox(database, 'otlp').pass().next(ALL)).toEqual([]);
  });

  it('gives rows in the order they came, up to a number of rows', () => {
    for (const id of ['c', 'a', 'b']) add(id);
    expect(due({ rows: 2 })).toEqual(['c', 'a']);
    expect(due({ after: idOf('a') })).toEqual(['b']);
  });

  it('gives rows up to a number of bytes, and one however long it is', () => {
    add('a', 'a', { body: 'x'.repeat(60) });
    add('b', 'b', { body: 'x'.repeat(60) });
    add('c');
    expect(due({ bytes: 100 })).toEqual(['a']);
    expect(due({ bytes: 10 })).toEqual(['a']);
    expect(due({ bytes: 120 })).toEqual(['a', 'b']);
  });

  it('gives the rows of one session', () => {
    add('a', 'a', { session: 's1' });
    add('b', 'b', { session: 's2' });
    expect(due({ sessionId: 's2' })).toEqual(['b']);
  });

  it('forgets what was acknowledged', () => {
    for (const id of ['a', 'b', 'c']) add(id);
    outbox.acknowledge([idOf('a'), idOf('c')]);
    expect(due()).toEqual(['b']);
  });

  it('holds a row until its next attempt, and those of its lineage behind it', () => {
    for (const id of ['a1', 'a2', 'b1']) add(id, id[0]);
    fail('a1', 2_000);
    expect(due()).toEqual(['b1']);
    expect(outbox.nextAttemptAt(1_000)).toBe(2_000);
    expect(due({ now: 2_000 })).toEqual(['a1', 'a2', 'b1']);
    expect(due({ early: true })).toEqual(['a1', 'a2', 'b1']);
  });

  it('does not hold a row for a later one of its lineage', () => {
    for (const id of ['a1', 'a2']) add(id, 'a');
    fail('a2', 2_000);
    expect(due()).toEqual(['a1']);
  });

  it('holds nothing back for a dead letter', () => {
    for (const id of ['a1', 'a2']) add(id, 'a');
    fail('a1', undefined);
    expect(due()).toEqual(['a2']);
    expect(outbox.nextAttemptAt(1_000)).toBeUndefined();
  });

  it('gives dead letters another chance, in their old place', () => {
    for (const id of ['a1', 'a2']) add(id, 'a');
    fail('a1', undefined, true);
    expect(outbox.requeueDead()).toBe(1);
    expect(
      outbox
        .pass()
        .next(ALL)
        .map(({ eventId, faults }) => [eventId, faults]),
    ).toEqual([
      ['a1', 0],
      ['a2', 0],
    ]);
  });

  it('counts attempts and faults', () => {
    add('a');
    fail('a', 950);
    fail('a', 960, true);
    expect(outbox.pass().next(ALL)[0]).toMatchObject({ attempts: 2, faults: 1, attemptedAt: 900 });
  });

  it('holds the children of a merge that waits behind another lineage', () => {
    add('a1', 'a');
    add('m1', 'b', { type: 'pattern_merged' });
    add('m2', 'b');
    add('c1', 'c');
    fail('a1', 2_000);
    expect(due()).toEqual(['c1']);
    expect(due({ now: 2_000 })).toEqual(['a1', 'm1', 'm2', 'c1']);
  });

  it('holds in the rest of a pass what it has passed over', () => {
    add('a1', 'a');
    add('m1', 'b', { type: 'pattern_merged' });
    for (const id of ['c1', 'm2', 'c2']) add(id, id === 'm2' ? 'b' : 'c');
    fail('a1', 2_000);
    const pass = outbox.pass();
    expect(idsOf(pass.next({ ...ALL, rows: 1 }))).toEqual(['c1']);
    expect(idsOf(pass.next({ ...ALL, after: idOf('c1') }))).toEqual(['c2']);
    expect(pass.isHolding).toBe(true);
  });

  it('holds what is behind a row that fails in the same pass, early or not', () => {
    for (const id of ['a1', 'b1', 'a2']) add(id, id[0]);
    add('m1', 'c', { type: 'pattern_merged' });
    add('d1');
    const pass = outbox.pass({ early: true });
    const [first] = pass.next({ ...ALL, rows: 1 });
    if (first) pass.hold(first);
    expect(idsOf(pass.next({ ...ALL, after: idOf('a1') }))).toEqual(['b1', 'd1']);
    expect(idsOf(pass.next(ALL))).toEqual(['b1', 'd1']);
  });

  it('gives with a session what its rows build on, whoever wrote it', () => {
    add('a1', 'a', { session: 's1' });
    add('b1', 'b', { session: 's1' });
    add('a2', 'a', { session: 's2' });
    add('a3', 'a', { session: 's1' });
    expect(due({ sessionId: 's2' })).toEqual(['a1', 'a2']);
    fail('a1', 2_000);
    expect(due({ sessionId: 's2' })).toEqual([]);
  });

  it('gives with a session the parents of its merges, and what they build on', () => {
    knowPattern('a2', 'a');
    knowPattern('m1', 'b');
    add('a1', 'a');
    add('a2', 'a');
    add('c1', 'c');
    add('m1', 'b', {
      type: 'pattern_merged',
      body: JSON.stringify({ parent_pattern_ids: ['a2'] }),
    });
    add('a3', 'a');
    const body = JSON.stringify({ parent_pattern_ids: ['m1'] });
    add('m2', 'd', { type: 'pattern_merged', session: 's2', body });
    expect(due({ sessionId: 's2' })).toEqual(['a1', 'a2', 'm1', 'm2']);
  });

  it('takes a wait from a clock that ran ahead for none', () => {
    for (const id of ['a1', 'b1', 'c1']) add(id, id[0]);
    fail('a1', 1_000 + 86_400_001); // longer than anything waits
    outbox.fail(idOf('b1'), { error: 'down', at: 1_500, notBefore: 2_000, isFault: false });
    fail('c1', 1_000 + 86_400_000);
    expect(due()).toEqual(['a1', 'b1']);
    expect(outbox.isDue(1_000)).toBe(true);
    expect(outbox.nextAttemptAt(1_000)).toBe(86_401_000);
    outbox.acknowledge([idOf('a1'), idOf('b1')]);
    expect(outbox.isDue(1_000)).toBe(false);
  });

  it('never gives a row before an earlier one of its lineage, or a merge before any, that has to wait', () => {
    const step = fc.record({ row: fc.nat(11), at: fc.constantFrom(undefined, 500, 1_500) });
    const event = fc.record({ lineage: fc.nat(3), isMerge: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 12, maxLength: 12 }),
        fc.array(step),
        fc.integer({ min: 1, max: 12 }),
        (events, steps, rows) => {
          database.exec('DELETE FROM outbox');
          for (const [n, { lineage, isMerge }] of events.entries()) {
            add(`e${n}`, `l${lineage}`, { type: isMerge ? 'pattern_merged' : 'pattern_created' });
          }
          for (const { row, at } of steps) fail(`e${row}`, at);
          const live = database
            .prepare<[], { event: string; lineage: string; type: string; at: number }>(
              `SELECT event_id AS event, lineage_id AS lineage, event_type AS type, not_before AS at
               FROM outbox WHERE dead_at IS NULL ORDER BY id`,
            )
            .all();
          const held: string[] = [];
          const expected = live.flatMap(({ event: id, lineage, type, at }) => {
            const isMerge = type === 'pattern_merged';
            if (at <= ALL.now && !held.includes(lineage) && !(isMerge && held.length > 0))
              return [id];
            held.push(lineage);
            return [];
          });
          const pass = outbox.pass();
          const given: string[] = [];
          for (let after = 0; ; after = idOf(given.at(-1) ?? '')) {
            const next = idsOf(pass.next({ ...ALL, after, rows }));
            given.push(...next);
            if (next.length === 0) break;
          }
          expect(given).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});
