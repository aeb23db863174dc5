// Repair through the real bundles.
import { spawnSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { PAGE, write } from '../store/maintenance/damage.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const EVENTS = 120;
let home: TrackerHome;
beforeEach(async () => {
  home = new TrackerHome('courier: { idle_exit_seconds: 0.1 }\n');
  for (let n = 0; n < EVENTS; n++) {
    const fields = { hook_event_name: 'PostToolUse', tool_name: 'Write', tool_use_id: `t${n}` };
    const content = `export const value${n} = ${n};\n${'// pad\n'.repeat(n % 3 === 0 ? 900 : 3)}`;
    const input = { file_path: `/p/f${n}.ts`, content };
    home.spool(`${n}.settings`, payload({ ...fields, tool_input: input, tool_response: {} }));
  }
  await home.runCourier();
  const database = new Sqlite(home.paths.database);
  database.pragma('journal_mode = DELETE'); // everything is in the one file
  database.close();
});
afterEach(async () => home.remove());

function cli(...args: readonly string[]) {
  const command = [resolve('dist/cli.cjs'), '--home', home.paths.home, ...args];
  return spawnSync(process.execPath, command, { env: home.env, encoding: 'utf8' });
}

const counts = () =>
  ['events', 'tool_calls', 'patterns', 'occurrences'].map((table) =>
    home.value(`SELECT count(*) FROM ${table}`),
  );
const ALL = [EVENTS, EVENTS, EVENTS, EVENTS];

describe('repair', () => {
  it.each([
    ['0x55', Buffer.alloc(PAGE, 0x55)],
    ['0x01', Buffer.alloc(PAGE, 0x01)],
    ['0x05', Buffer.alloc(PAGE, 0x05)],
    [
      'bytes without order',
      Buffer.from(Array.from({ length: PAGE }, (_, n) => (n * n * 31) % 251)),
    ],
  ])('keeps every row where the pointer map is overwritten by %s', (_, bytes) => {
    write(home.paths.database, PAGE, bytes);
    expect(counts()).toEqual(ALL); // plain SQL reads them all
    expect(cli('verify').status).toBe(1);
    const { status, stdout } = cli('repair', '--yes', '--json');
    expect(status).toBe(0);
    const { tables } = JSON.parse(stdout) as { tables: { lost: number; damaged_pages: number }[] };
    expect(tables.filter((table) => table.lost + table.damaged_pages > 0)).toEqual([]);
    expect(counts()).toEqual(ALL);
    expect(cli('verify').status).toBe(0);
  });

  it('stops where more would be lost than saved, and changes nothing', () => {
    const database = new Sqlite(home.paths.database);
    const pages = Number(database.pragma('page_count', { simple: true }));
    const kept = database
      .prepare<[], number>(
        "SELECT pageno FROM dbstat WHERE name LIKE 'sqlite_autoindex%' OR pageno < 3",
      )
      .pluck()
      .all();
    database.close();
    for (let page = 3; page <= pages; page++) {
      if (!kept.includes(page)) write(home.paths.database, (page - 1) * PAGE, Buffer.alloc(PAGE));
    }
    const { status, stderr } = cli('repair', '--yes');
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/damaged too much: .* rows would be saved/),
    ]);
    expect(cli('repair', '--yes', '--accept-loss').status).toBe(0);
    expect(cli('verify').status).toBe(0);
  });

  it('says that nothing can be saved of a file that was cut to nothing', () => {
    truncateSync(home.paths.database, 0);
    const { status, stderr } = cli('repair', '--yes');
    expect([status, stderr]).toEqual([1, expect.stringContaining('0 rows would be saved')]);
  });
});
