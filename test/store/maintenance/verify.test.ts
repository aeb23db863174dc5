import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mendInvariants } from '../../../lib/store/maintenance/invariants.ts';
import { MIGRATIONS } from '../../../lib/store/database/schema.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { fillSample, Sample } from '../../cli/sample-database.ts';
import { HISTORIES, inRun } from '../../contracts/lineage-histories.ts';
import type { HistoryOccurrence } from '../../contracts/lineage-histories.ts';
import { tellDatabase } from '../../contracts/lineage-writers.ts';
import { fillWithMany, pagesOf, wipe } from './damage.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
});
afterEach(() => sample.remove());

const verify = (options = {}) => verifyDatabase(sample.paths.database, options);
const messages = () => verify().findings.map(({ table, message }) => `${table}: ${message}`);

/** Breaks a rule and puts it right again; what was found meanwhile. */
function broken(sql: string): string[] {
  sample.database.exec(sql);
  const found = messages();
  const mended = mendInvariants(sample.database);
  expect(mended.length).toBeGreaterThan(0);
  expect(messages()).toEqual([]);
  return found;
}

describe('verify', () => {
  it('finds nothing wrong with a sound database, and counts its rows', () => {
    fillSample(sample);
    const { findings, schemaVersion, tables } = verify();
    expect(findings).toEqual([]);
    expect(schemaVersion).toBe(MIGRATIONS.length);
    expect(tables.filter(({ rows }) => rows !== 0)).toEqual([
      { table: 'lineage_edges', rows: 2 },
      { table: 'meta', rows: 1 },
      { table: 'occurrences', rows: 5 },
      { table: 'patterns', rows: 4 },
      { table: 'projects', rows: 2 },
      { table: 'sessions', rows: 3 },
      { table: 'tool_calls', rows: 4 },
    ]);
  });

  it('leaves the file as it is, and works beside a writer', () => {
    fillSample(sample);
    sample.database.exec('BEGIN IMMEDIATE');
    expect(verify().findings).toEqual([]);
    sample.database.exec('ROLLBACK');
    sample.close();
    const before = readdirSync(sample.paths.data);
    verify();
    expect(readdirSync(sample.paths.data).filter((name) => !/-(wal|shm)$/.test(name))).toEqual(
      before,
    );
  });

  it('finds a damaged page of a table, by its name', () => {
    fillWithMany(sample);
    wipe(sample.paths.database, pagesOf(sample.paths.database, 'events', 'leaf')[3]?.page ?? 0);
    const kinds = verify().findings.map(({ kind, table }) => `${kind} ${table}`);
    expect(kinds).toContain('file events');
  });

  it('finds a damaged index, and says that it is only an index', () => {
    fillWithMany(sample);
    const index = 'sqlite_autoindex_events_1';
    wipe(sample.paths.database, pagesOf(sample.paths.database, index, 'leaf')[1]?.page ?? 0);
    const { findings } = verify();
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['index']));
    expect(findings[0]?.table).toBe('events');
  });

  it('says of any other file that it is no database, or none of ours', () => {
    const path = join(sample.folder, 'other');
    writeFileSync(path, 'no database '.repeat(1000));
    expect(verifyDatabase(path).findings).toEqual([
      { kind: 'file', table: null, message: 'file is not a database' },
    ]);
    const mine = join(sample.folder, 'mine.db');
    new Sqlite(mine).exec('CREATE TABLE mine (x)').close();
    expect(verifyDatabase(mine).findings).toEqual([
      { kind: 'schema', table: null, message: 'it is not a database of pattern-tracker' },
    ]);
  });

  it('makes no file where there is none', () => {
    expect(() => verify()).toThrowError(expect.objectContaining({ code: 'E_NO_DATABASE' }));
    expect(existsSync(sample.paths.database)).toBe(false);
  });

  it('names the tables, columns, indexes and triggers that are missing', () => {
    fillSample(sample);
    sample.database.exec(`DROP INDEX patterns_by_lineage; DROP TABLE subagents;
      ALTER TABLE sessions DROP COLUMN prompts`);
    expect(messages()).toEqual([
      'patterns: the index patterns_by_lineage is missing',
      'sessions: the column prompts INTEGER is missing',
      'subagents: the table is missing',
    ]);
  });

  it('says when it is of a newer version', () => {
    fillSample(sample);
    sample.database.pragma('user_version = 99');
    expect(messages()[0]).toMatch(/schema 99 is newer than this program/);
  });
});

describe('what is true of every sound database', () => {
  beforeEach(() => fillSample(sample));

  it('is that occurrences and edges have their pattern', () => {
    expect(broken("DELETE FROM patterns WHERE id = 'ab00000000000000'")).toEqual([
      'occurrences: rows that name a pattern that is not there: 1',
    ]);
    const lost = broken("DELETE FROM patterns WHERE id = '7c1e09ab44d2f310'");
    expect(lost).toEqual(
      expect.arrayContaining([
        'occurrences: rows that name a pattern that is not there: 1',
        'lineage_edges: rows that name a pattern that is not there: 2',
      ]),
    );
  });

  it('is that a pattern counts its occurrences', () => {
    expect(broken('UPDATE patterns SET occurrences = 7')).toEqual([
      'patterns: rows that count other occurrences than there are: 4',
    ]);
  });

  it('is that a pattern is one generation after its parent, in its lineage', () => {
    const fault =
      'patterns: rows that are of another generation or lineage than the pattern they were modified from allows: 1';
    expect(broken("UPDATE patterns SET generation = 9 WHERE id = '7cffffffffffffff'")).toEqual([
      fault,
    ]);
    expect(broken("UPDATE patterns SET lineage_id = id WHERE id = '7cffffffffffffff'")).toEqual([
      fault,
    ]);
    const row = sample.database
      .prepare("SELECT generation, lineage_id FROM patterns WHERE id = '7cffffffffffffff'")
      .get();
    expect(row).toEqual({ generation: 3, lineage_id: '19aa52c0de77b841' });
  });

  it('is that no parent is younger than its child', () => {
    expect(
      broken(
        "UPDATE patterns SET first_seen_at = (SELECT max(first_seen_at) + 1 FROM patterns) WHERE id = '19aa52c0de77b841'",
      ),
    ).toEqual([
      'lineage_edges: rows that count a parent that is younger than its child, or leave out one that is not: 1',
    ]);
  });

  it('is that a claim on an older parent counts', () => {
    const columns = 'child_id, parent_id, edge_type, transformation_type, created_at, position';
    expect(
      broken(`INSERT INTO pending_edges (${columns}) SELECT ${columns} FROM lineage_edges
          WHERE child_id = '7cffffffffffffff';
        DELETE FROM lineage_edges WHERE child_id = '7cffffffffffffff'`),
    ).toEqual([
      'lineage_edges: rows that count a parent that is younger than its child, or leave out one that is not: 1',
    ]);
    expect(
      sample.database
        .prepare("SELECT parent_id FROM lineage_edges WHERE child_id = '7cffffffffffffff'")
        .pluck()
        .all(),
    ).toEqual(['7c1e09ab44d2f310']);
  });

  it('is that a pattern with a parent is a modified one', () => {
    expect(broken("UPDATE patterns SET origin = 'created' WHERE id = '7cffffffffffffff'")).toEqual([
      'patterns: rows that are of another generation or lineage than the pattern they were modified from allows: 1',
    ]);
  });

  it('is broken where the fault is, and mended in all that follows from it', () => {
    expect(
      broken(`UPDATE patterns SET generation = generation + 3
        WHERE id IN ('7c1e09ab44d2f310', '7cffffffffffffff')`),
    ).toEqual([
      'patterns: rows that are of another generation or lineage than the pattern they were modified from allows: 1',
    ]);
  });

  it('is so after every history of lineage', () => {
    for (const [index, { events }] of HISTORIES.entries()) {
      tellDatabase(sample.database, inRun(`r${index}`, events));
      tellDatabase(sample.database, inRun(`s${index}`, events.toReversed()));
    }
    expect(messages()).toEqual([]);
  });

  it('keeps the claim on a parent that was lost, unless a further version made it', () => {
    const claims = () =>
      sample.database.prepare('SELECT child_id, parent_id FROM pending_edges').all();
    sample.database.exec(
      `UPDATE lineage_edges SET position = -1 WHERE child_id = '7cffffffffffffff'`,
    );
    broken("DELETE FROM patterns WHERE id = '7c1e09ab44d2f310'");
    expect(claims()).toEqual([]);
    tellDatabase(
      sample.database,
      inRun('r', [
        event('a', 10, []),
        event('b', 20, ['a']),
        event('c', 30, ['b']),
        event('d', 40, ['lost']),
      ]),
    );
    broken("DELETE FROM patterns WHERE id IN ('r.b', 'r.d')");
    expect(claims()).toEqual([{ child_id: 'r.c', parent_id: 'r.b' }]);
  });

  it('is that events and calls have their session, which can be made again', () => {
    sample.event('e1', '77e0d4b2-2222-4222-8222-222222222222', 'Stop');
    const found = broken('DELETE FROM sessions');
    expect(found).toEqual([
      'events: rows that name a session that is not there: 1',
      'tool_calls: rows that name a session that is not there: 4',
    ]);
    expect(sample.database.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(3);
  });

  it('is that sessions and occurrences have their project', () => {
    sample.database.pragma('foreign_keys = OFF');
    expect(broken('DELETE FROM projects')).toEqual([
      'sessions: rows that name a project that is not there: 2',
      'occurrences: rows that name a project that is not there: 5',
    ]);
  });

  it('is that payloads and bodies are JSON', () => {
    sample.event('e1', '77e0d4b2-2222-4222-8222-222222222222', 'Stop', { payload: '{"half' });
    expect(messages()).toEqual(['events: rows that have a payload that is no JSON: 1']);
    expect(mendInvariants(sample.database)).toHaveLength(1);
    expect(messages()).toEqual([]);
  });

  it('is no matter of a payload that is past retention', () => {
    sample.event('e1', '77e0d4b2-2222-4222-8222-222222222222', 'Stop', { payload: null });
    expect(messages()).toEqual([]);
  });
});

// --- internal ---

function event(patternId: string, at: number, parentIds: readonly string[]): HistoryOccurrence {
  const eventId = `${patternId}${at}`;
  return { kind: 'occurrence', patternId, at, eventId, parentIds, edgeType: 'modified_from' };
}
