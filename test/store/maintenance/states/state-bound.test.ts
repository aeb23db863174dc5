import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../../lib/store/database/database.ts';
import type { Database } from '../../../../lib/store/database/database.ts';
import {
  boundStatesChunk,
  MAX_PROJECT_LINES,
} from '../../../../lib/store/maintenance/states/state-bound.ts';
import { AuthorshipTables } from '../../../../lib/store/writers/authorship/authorship-tables.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bound-'));
  database = openDatabase(join(folder, 'tracker.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** A file of a project for each time, with some noted lines. */
function keep(projectId: number, times: readonly number[], lines = 0): void {
  const tables = new AuthorshipTables(database);
  for (const at of times) {
    const path = `/${projectId}/${at}`;
    const last = { lines: [`text ${at}`], authors: [null], at, event: null, pieces: [] };
    tables.of(projectId).keepHistory(path, { last, past: [] });
    for (let line = 0; line < lines; line += 1) {
      tables.of(projectId).noteLine(`${path}, line ${line}`, { author: 'e-0', path });
    }
  }
  tables.flush();
}

const counters = () =>
  Object.fromEntries(
    database.prepare<[], [string, number]>('SELECT name, value FROM counters').raw().all(),
  );
const rows = (sql: string) => database.prepare(sql).pluck().all();

it('drops the states of the files that were untouched for longest, and counts them', () => {
  keep(1, [3, 1, 2, 4]);
  const [bytes] = rows('SELECT sum(length(history)) FROM file_states WHERE touched_at > 2');
  expect(boundStatesChunk(database, { bytes: Number(bytes), lines: 100 })).toBe(false);
  expect(rows('SELECT file_path FROM file_states ORDER BY touched_at')).toEqual(['/1/3', '/1/4']);
  expect(counters()).toEqual({ dropped_states: 2 });
});

it('drops the noted lines of a project that are oldest, and leaves other projects alone', () => {
  keep(1, [1, 2, 3], 100);
  keep(2, [1], 100);
  expect(boundStatesChunk(database, { bytes: 1e9, lines: 200 })).toBe(false);
  expect(rows('SELECT file_path FROM file_states WHERE length(noted_lines) = 0')).toEqual(['/1/1']);
  expect(counters()).toEqual({ dropped_lines: 100 });
});

it('goes on in chunks, and drops nothing within the bounds', () => {
  keep(
    1,
    Array.from({ length: 1200 }, (_, at) => at),
  );
  expect(boundStatesChunk(database)).toBe(false);
  let chunks = 1;
  while (boundStatesChunk(database, { bytes: 0, lines: MAX_PROJECT_LINES })) chunks += 1;
  expect(chunks).toBe(3);
  expect(counters()).toEqual({ dropped_states: 1200 });
});
