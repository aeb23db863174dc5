import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import { SinkPatterns } from '../../../lib/delivery/store/sink-patterns.ts';
import { LineageFeed } from '../../../lib/delivery/lineage/lineage-feed.ts';
import { SinkState } from '../../../lib/delivery/store/sink-state.ts';

let folder: string;
let database: Database;
let told: SinkPatterns;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-patterns-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
  told = new SinkPatterns(database, 'http');
  for (const [id, parent] of [['a'], ['b', 'a'], ['c', 'b']] as const) {
    database
      .prepare(
        `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
           occurrences, first_seen_at, last_seen_at)
         VALUES (?, 'a.ts', 'code', 'typescript', 1, 'created', 1, 'a', 1, 500, 500)`,
      )
      .run(id);
    if (parent === undefined) continue;
    database
      .prepare(
        `INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at)
         VALUES (?, ?, 'modified_from', 500)`,
      )
      .run(id, parent);
  }
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const untold = (id: string) => told.untold(id).map((pattern) => pattern.id);

describe('what a sink is told of', () => {
  it('is a pattern and all it came from, the oldest first, but for what it knows', () => {
    expect(untold('c')).toEqual(['a', 'b', 'c']);
    expect([told.add('a'), told.add('a')]).toEqual([true, false]);
    expect(untold('c')).toEqual(['b', 'c']);
    told.add('c');
    expect(untold('c')).toEqual([]);
  });

  it('is a merge as one, with all its parents, the first of its own lineage', () => {
    for (const [id, lineage] of [
      ['x', 'x'],
      ['m', 'a'],
    ]) {
      database
        .prepare(
          `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
             occurrences, first_seen_at, last_seen_at)
           VALUES (?, 'a.ts', 'code', 'typescript', 1, 'created', 1, ?, 1, 500, 500)`,
        )
        .run(id, lineage);
    }
    for (const parent of ['x', 'b']) {
      database
        .prepare("INSERT INTO lineage_edges VALUES ('m', ?, 'merged_from', 500, NULL, 0)")
        .run(parent);
    }
    expect(untold('m').toSorted()).toEqual(['a', 'b', 'm', 'x']);
    expect(untold('m').at(-1)).toBe('m');
    new LineageFeed(database, 'http', 'here').introduce('m', ['m'], 600);
    const sent = database
      .prepare<[], string>('SELECT body FROM outbox ORDER BY id')
      .pluck()
      .all()
      .map((body) => JSON.parse(body) as Record<string, unknown>);
    const events = new Map(sent.map((event) => [event['pattern_id'], event]));
    expect(events.get('m')).toMatchObject({
      event_type: 'pattern_merged',
      edge_type: 'merged_from',
      parent_pattern_ids: ['b', 'x'],
    });
    expect(events.get('b')).toMatchObject({
      event_type: 'pattern_modified',
      parent_pattern_ids: ['a'],
    });
    expect(events.get('x')).toMatchObject({
      event_type: 'pattern_created',
      parent_pattern_ids: [],
    });
    expect(sent.at(-1)?.['pattern_id']).toBe('m');
  });

  it('is nothing that the database does not have', () => {
    expect(untold('z')).toEqual([]);
  });

  it('is all of it again once it was forgotten, and for no other sink', () => {
    const other = new SinkPatterns(database, 'other');
    for (const sink of [told, other]) sink.add('b');
    told.forget();
    expect(untold('c')).toEqual(['a', 'b', 'c']);
    expect(other.untold('b')).toEqual([]);
  });
});

describe('the pause of a sink', () => {
  it('holds until it is over', () => {
    const state = new SinkState(database, 'http');
    state.noteError('busy', 1_000);
    state.pause(2_000);
    expect([state.pausedUntil(1_000), state.pausedUntil(1_999)]).toEqual([2_000, 2_000]);
    expect(state.pausedUntil(2_000)).toBeUndefined();
  });

  it('is none when a clock that ran ahead has set it', () => {
    const state = new SinkState(database, 'http');
    state.pause(86_401_001);
    expect([state.pausedUntil(1_000), state.pausedUntil(1_001)]).toEqual([undefined, 86_401_001]);
    state.noteError('busy', 5_000);
    state.pause(6_000);
    expect(state.pausedUntil(4_999)).toBeUndefined();
  });
});
