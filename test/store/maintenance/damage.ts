// Ways to damage a database file, and a database with something in every kind of page.
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { HOUR, NOW } from '../../cli/sample-database.ts';
import type { Sample } from '../../cli/sample-database.ts';
import { fillSample } from '../../cli/sample-database.ts';

export const PAGE = 4_096;
const SESSION = '77e0d4b2-2222-4222-8222-222222222222';

/** Thousands of events, some with payloads over several pages, and of tool calls. The file is closed. */
export function fillWithMany(sample: Sample, count = 3_000): void {
  fillSample(sample);
  const many = sample.database.transaction(() => {
    for (let n = 0; n < count; n++) {
      const text = `${'words '.repeat(n % 97 === 0 ? 3_000 : n % 40)}${n}`;
      sample.event(`many-${n}`, SESSION, 'Stop', { payload: JSON.stringify({ n, text }) });
      sample.toolCall(SESSION, `toolu_many_${n}`, { summary: `call ${n}`, at: NOW - HOUR + n });
    }
  });
  many();
  sample.close();
}

/** Pages of a table or an index, of one kind: leaf, internal, overflow. */
export function pagesOf(
  path: string,
  name: string,
  kind: string,
): { page: number; cells: number }[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database
      .prepare<[string, string], { page: number; cells: number }>(
        'SELECT pageno AS page, ncell AS cells FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path',
      )
      .all(name, kind);
  } finally {
    database.close();
  }
}

/** Overwrites a page with zeros. */
export function wipe(path: string, page: number): void {
  write(path, (page - 1) * PAGE, Buffer.alloc(PAGE));
}

/** Turns one bit of a byte over. */
export function flip(path: string, position: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  writeSync(file, byte, 0, 1, position);
  closeSync(file);
}

export function truncate(path: string, bytes: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, bytes);
  closeSync(file);
}

export function write(path: string, position: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

/** All rows of a table, each as JSON. */
export function rowsOf(path: string, table: string): Set<string> {
  const database = new Sqlite(path, { readonly: true });
  try {
    const rows = database.prepare(`SELECT * FROM "${table}"`).all();
    return new Set(rows.map((row) => JSON.stringify(row)));
  } finally {
    database.close();
  }
}
