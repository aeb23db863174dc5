import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { MIGRATIONS } from '../../../lib/store/database/schema.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { DescentRows } from '../../../lib/store/writers/descent-rows.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'schema-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the migration to one rule book for lineage', () => {
  /** A database of schema 3, filled with patterns `ID GENERATION LINEAGE FIRST_SEEN` and edges `CHILD PARENT AT`. */
  function older(patterns: readonly string[], edges: readonly string[], versions: string[] = []) {
    const path = join(folder, 'tracker.db');
    const database = new Sqlite(path);
    database.pragma('auto_vacuum = INCREMENTAL');
    for (const migration of MIGRATIONS.slice(0, 3)) database.exec(migration);
    database.pragma('user_version = 3');
    for (const line of patterns) {
      const [id, generation, lineageId, at] = line.split(' ');
      const origin = Number(generation) > 1 ? 'modified' : 'created';
      database
        .prepare(
          `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
             occurrences, first_seen_at, last_seen_at)
           VALUES (?, 'a.ts', 'code', 'typescript', 1, ?, ?, ?, 0, ?, ?)`,
        )
        .run(id, origin, Number(generation), lineageId, Number(at), Number(at));
    }
    for (const edge of edges) {
      const [child, parent, at] = edge.split(' ');
      database
        .prepare(
          `INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at)
           VALUES (?, ?, 'modified_from', ?)`,
        )
        .run(child, parent, Number(at));
    }
    for (const version of versions) {
      const [id, name, generation, at] = version.split(' ');
      database
        .prepare(
          `INSERT INTO pattern_versions (pattern_id, version, generation, name, code, pattern_type,
             edge_type, at) VALUES (?, ?, ?, 'a.ts', 'code', 'code', 'modified_from', ?)`,
        )
        .run(id, name, Number(generation), Number(at));
    }
    database.close();
    return path;
  }

  function upgraded(path: string): string[] {
    const database = openDatabase(path);
    const rows = new DescentRows(database);
    const ids = database.prepare<[], string>('SELECT id FROM patterns ORDER BY id').pluck().all();
    const told = ids.map((id) => {
      const { generation, lineageId } = rows.node(id) ?? {};
      const parents = rows.claims(id).map((claim) => (claim.counts ? '' : '?') + claim.parentId);
      return `${id}: ${generation} of ${lineageId} < ${parents.join(' ')}`;
    });
    database.close();
    return told;
  }

  it('keeps a parent that was first seen after its child, and what follows', () => {
    const path = older(
      ['a 1 a 100', 'b 2 a 50', 'c 3 a 60', 'd 4 a 200'],
      ['b a 50', 'c b 60', 'd c 200'],
    );
    expect(upgraded(path)).toEqual([
      'a: 1 of a < ',
      'b: 2 of a < a',
      'c: 3 of a < b',
      'd: 4 of a < c',
    ]);
    expect(verifyDatabase(path).findings).toEqual([]);
  });

  it('counts generations from a parent, and not from its newest version', () => {
    const path = older(
      ['a 1 a 10', 'b 3 a 30', 'c 4 a 40', 'x 1 x 10', 'm 5 a 50'],
      ['b a 30', 'c b 40', 'm c 50', 'm x 50'],
      ['a 2.0.0 2 20'],
    );
    expect(upgraded(path)).toEqual([
      'a: 1 of a < ',
      'b: 2 of a < a',
      'c: 3 of a < b',
      'm: 4 of a < c x',
      'x: 1 of x < ',
    ]);
    expect(verifyDatabase(path).findings).toEqual([]);
  });

  it('tells the edges of further versions from those of the pattern', () => {
    const path = older(['a 1 a 10', 'b 2 a 20'], ['b a 20', 'a b 30'], ['a 2.0.0 3 30']);
    expect(upgraded(path)).toEqual(['a: 1 of a < ', 'b: 2 of a < a']);
    expect(verifyDatabase(path).findings).toEqual([]);
  });
});

describe('the migration to authors of lines', () => {
  /** A database as version 0.1.0 left it: a file written and edited twice, one written once, and a copy. */
  function released(): string {
    const path = join(folder, 'tracker.db');
    const database = new Sqlite(path);
    database.pragma('auto_vacuum = INCREMENTAL');
    for (const migration of MIGRATIONS.slice(0, 5)) database.exec(migration);
    database.exec(readFileSync('test/fixtures/databases/schema-5.sql', 'utf8'));
    database.pragma('user_version = 5');
    database.close();
    return path;
  }

  const rowsOf = (path: string, table: string, columns: string) => {
    const database = new Sqlite(path, { readonly: true });
    try {
      return database.prepare(`SELECT ${columns} FROM ${table} ORDER BY 1, 2`).all();
    } finally {
      database.close();
    }
  };

  it('keeps patterns, occurrences and their edges as they were', () => {
    const path = released();
    const kept: readonly (readonly [string, string])[] = [
      ['patterns', '*'],
      ['lineage_edges', '*'],
      ['pending_edges', '*'],
      ['events', '*'],
      ['projects', '*'],
      [
        'occurrences',
        `event_id, ordinal, pattern_id, action, replaced_id, session_id, tool_use_id, tool_name, project_id, file_path,
         language, start_line, end_line, at`,
      ],
    ];
    const before = kept.map(([table, columns]) => rowsOf(path, table, columns));
    expect(before.every((rows, at) => rows.length > 0 || kept[at]?.[0] === 'pending_edges')).toBe(
      true,
    );
    openDatabase(path).close();
    expect(kept.map(([table, columns]) => rowsOf(path, table, columns))).toEqual(before);
    expect(
      new Set(
        rowsOf(path, 'occurrences', 'authorship, authored_share').map((row) => JSON.stringify(row)),
      ),
    ).toEqual(new Set(['{"authorship":"authored","authored_share":null}']));
    expect(verifyDatabase(path).findings).toEqual([]);
  });
});
