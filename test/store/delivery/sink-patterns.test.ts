import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../lib/store/database.ts';
import type { Database } from '../../../lib/store/database.ts';
import { SinkPatterns } from '../../../lib/store/delivery/sink-patterns.ts';
import { SinkState } from '../../../lib/store/delivery/sink-state.ts';

let folder: string;
let database: Database;
let told: SinkPatterns;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-patterns-'));
  database = openDatabase(join(folder, 'tracker.db'));
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
