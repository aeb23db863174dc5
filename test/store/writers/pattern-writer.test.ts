import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdentifiedFragment } from '../../../lib/pattern/recorded-fragment.ts';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import { PatternWriter } from '../../../lib/store/writers/pattern-writer.ts';

let folder: string;
let database: Database;
let writer: PatternWriter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pattern-writer-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
  writer = new PatternWriter(database);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Writes an occurrence at a time, which is the id of its event too. */
function write(at: number, fragment: Partial<IdentifiedFragment> & { patternId: string }) {
  return writer.write(
    {
      replacedId: fragment.parentIds?.[0],
      code: `code of ${fragment.patternId}`,
      language: 'typescript',
      filePath: '/w/a.ts',
      startLine: 1,
      endLine: 1,
      ...fragment,
    },
    3,
    {
      eventId: `e${at}`,
      sessionId: 's',
      toolUseId: undefined,
      toolName: 'Edit',
      projectId: null,
      at,
    },
  );
}

describe('what is written of an occurrence', () => {
  it('tells how an edge came to be, also after its child was derived again', () => {
    write(10, { patternId: 'a' });
    write(20, { patternId: 'b', parentIds: ['a'], transformationType: 'bugfix' });
    const edge = () =>
      database
        .prepare(
          'SELECT transformation_type AS how, created_at AS at FROM lineage_edges WHERE child_id = ?',
        )
        .get('b');
    expect(edge()).toEqual({ how: 'bugfix', at: 20 });
    write(1, { patternId: 'z' });
    write(5, { patternId: 'a', parentIds: ['z'] });
    expect(edge()).toEqual({ how: 'bugfix', at: 20 });
  });

  it('has the key of the origin as sinks know it', () => {
    write(20, { patternId: 'a' });
    write(10, { patternId: 'a' });
    const key = database.prepare('SELECT origin_key FROM patterns').pluck();
    expect(key.get()).toBe('e10-3');
  });

  it('counts it, and names what it replaced', () => {
    write(10, { patternId: 'a' });
    write(20, { patternId: 'b', parentIds: ['a'] });
    write(30, { patternId: 'b', parentIds: ['a'] });
    expect(
      database.prepare('SELECT occurrences, last_seen_at AS last FROM patterns ORDER BY id').all(),
    ).toEqual([
      { occurrences: 1, last: 10 },
      { occurrences: 2, last: 30 },
    ]);
    expect(
      database.prepare('SELECT replaced_id FROM occurrences ORDER BY at').pluck().all(),
    ).toEqual([null, 'a', 'a']);
  });
});

describe('what is said of it to sinks', () => {
  it('is the descent that it has now, with the first parent that counts', () => {
    write(10, { patternId: 'a' });
    write(90, { patternId: 'young' });
    expect(write(30, { patternId: 'b' })).toMatchObject({ generation: 1, parentId: null });
    expect(write(20, { patternId: 'b', parentIds: ['young', 'a'] })).toMatchObject({
      action: 'modified',
      generation: 2,
      lineageId: 'a',
      parentId: 'a',
    });
  });

  it('is the descent that is known, of one that is not the origin', () => {
    write(10, { patternId: 'a' });
    write(20, { patternId: 'b', parentIds: ['a'] });
    expect(write(30, { patternId: 'b' })).toMatchObject({
      action: 'applied',
      generation: 2,
      lineageId: 'a',
      parentId: null,
    });
  });
});
