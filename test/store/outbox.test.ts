import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database.ts';
import type { Database } from '../../lib/store/database.ts';
import { Outbox } from '../../lib/store/outbox.ts';

const ALL = { now: 1_000, after: 0, rows: 1_000, characters: 1_000_000, since: 950 };

let folder: string;
let database: Database;
let outbox: Outbox;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  database = openDatabase(join(folder, 'tracker.db'));
  outbox = new Outbox(database, 'http');
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function add(
  eventId: string,
  lineageId = eventId,
  fields: { body?: string; session?: string } = {},
) {
  return outbox.add(
    {
      eventId,
      eventType: 'pattern_created',
      sessionId: fields.session ?? 's1',
      patternId: eventId,
      lineageId,
      body: fields.body ?? '{}',
    },
    500,
  );
}

const due = (limits: Partial<Parameters<Outbox['due']>[0]> = {}) =>
  outbox.due({ ...ALL, ...limits }).map(({ eventId }) => eventId);
const idOf = (eventId: string) =>
  database.prepare('SELECT id FROM outbox WHERE event_id = ?').pluck().get(eventId) as number;
const fail = (eventId: string, notBefore: number | undefined, isFault = false) =>
  outbox.fail(idOf(eventId), { error: 'down', at: 900, notBefore, isFault });

describe('the outbox of a sink', () => {
  it('takes an event once', () => {
    expect([add('a'), add('a')]).toEqual([true, false]);
    expect(due()).toEqual(['a']);
  });

  it('keeps the events of another sink apart', () => {
    add('a');
    expect(new Outbox(database, 'otlp').due(ALL)).toEqual([]);
  });

  it('gives rows in the order they came, up to a number of rows', () => {
    for (const id of ['c', 'a', 'b']) add(id);
    expect(due({ rows: 2 })).toEqual(['c', 'a']);
    expect(due({ after: idOf('a') })).toEqual(['b']);
  });

  it('gives rows up to a number of characters, and one however long it is', () => {
    add('a', 'a', { body: 'x'.repeat(60) });
    add('b', 'b', { body: 'x'.repeat(60) });
    add('c');
    expect(due({ characters: 100 })).toEqual(['a']);
    expect(due({ characters: 10 })).toEqual(['a']);
    expect(due({ characters: 120 })).toEqual(['a', 'b']);
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
    expect(outbox.due(ALL).map(({ eventId, faults }) => [eventId, faults])).toEqual([
      ['a1', 0],
      ['a2', 0],
    ]);
  });

  it('counts attempts and faults', () => {
    add('a');
    fail('a', 950);
    fail('a', 960, true);
    expect(outbox.due(ALL)[0]).toMatchObject({ attempts: 2, faults: 1, attemptedAt: 900 });
  });

  it('never gives a row before an earlier one of its lineage that still waits', () => {
    const step = fc.record({ row: fc.nat(11), at: fc.constantFrom(undefined, 500, 1_500) });
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }),
        fc.array(step),
        (lineages, steps) => {
          database.exec('DELETE FROM outbox');
          for (const [n, lineage] of lineages.entries()) add(`e${n}`, `l${lineage}`);
          for (const { row, at } of steps) fail(`e${row}`, at);
          const rows = database
            .prepare(
              'SELECT event_id AS event, lineage_id AS lineage, not_before AS at, dead_at AS dead FROM outbox ORDER BY id',
            )
            .all() as { event: string; lineage: string; at: number; dead: number | null }[];
          const expected = rows.filter(
            ({ lineage, dead }, index) =>
              dead === null &&
              rows
                .slice(0, index + 1)
                .every((row) => row.lineage !== lineage || row.dead !== null || row.at <= ALL.now),
          );
          expect(due()).toEqual(expected.map(({ event }) => event));
        },
      ),
      { numRuns: 200 },
    );
  });
});
