import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../lib/base/clock.ts';
import { trackerPaths } from '../../../lib/base/paths.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { CLOSED, trip } from '../../../lib/delivery/breaker/breaker.ts';
import { CourierGlance } from '../../../lib/ingest/courier/courier-glance.ts';
import { readGlance } from '../../../lib/ingest/glance.ts';
import { noteEvicted, noteMovedAside } from '../../../lib/store/database/meta.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import type { Database } from '../../../lib/store/database/database.ts';

let folder: string;
let paths: TrackerPaths;
let database: Database;
let glance: CourierGlance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glance-'));
  paths = trackerPaths(folder);
  mkdirSync(paths.data);
  database = openDatabase(paths.database);
  glance = new CourierGlance(paths, systemClock, () => database);
});
afterEach(async () => {
  await glance.end();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

let events = 0;
/** An event of a session at a time, with a pattern that it wrote. */
function write(session: string, pattern: string, { at = Date.now(), by = database } = {}): void {
  events += 1;
  by.exec(`
    INSERT INTO sessions (id, started_at, last_event_at) VALUES ('${session}', ${at}, ${at})
      ON CONFLICT (id) DO UPDATE SET last_event_at = max(last_event_at, excluded.last_event_at);
    INSERT INTO events (event_id, session_id, name, received_at, size)
      VALUES ('${events}', '${session}', 'PostToolUse', ${at}, 1);
    INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name, file_path, language, at)
      VALUES ('${events}', 0, '${pattern}', 'created', '${session}', 'Write', '/a', 'ts', ${at});`);
}

/** The counts, once a glance is there that fits the database. */
async function counts(): Promise<Record<string, number>> {
  glance.plan();
  await expect.poll(() => readGlance(paths)).toBeDefined();
  return Object.fromEntries(readGlance(paths)?.patterns ?? []);
}

describe('the glance', () => {
  it('counts the different patterns of each session, as events arrive', async () => {
    write('a', 'p');
    expect(await counts()).toEqual({ a: 1 });
    write('a', 'p');
    write('b', 'p', { at: 5 }); // long ago
    write('a', 'q');
    expect(await counts()).toEqual({ a: 2, b: 1 });
  });

  it('is not believed once anybody has changed the database, until the next one', async () => {
    write('a', 'p');
    await counts();
    const other = openDatabase(paths.database);
    write('a', 'q', { by: other });
    expect(readGlance(paths)).toBeUndefined();
    expect(await counts()).toEqual({ a: 2 });
    other.exec("DELETE FROM sessions; DELETE FROM occurrences WHERE session_id = 'a'");
    other.close();
    expect(await counts()).toEqual({});
  });

  it('is made from the start when its own connection has removed something', async () => {
    write('a', 'p');
    write('a', 'q');
    await counts();
    database.exec("DELETE FROM occurrences WHERE pattern_id = 'q'");
    glance.recount();
    expect(await counts()).toEqual({ a: 1 });
  });

  it('keeps the newest twenty sessions', async () => {
    for (let at = 1; at <= 25; at += 1) write(`s${at}`, 'p', { at });
    expect(Object.keys(await counts())).toHaveLength(20);
    write('s1', 'q', { at: 2 });
    const found = await counts();
    expect([found['s1'], found['s2'], found['s6'], found['s7'], found['s25']]).toEqual([
      2,
      undefined,
      undefined,
      1,
      1,
    ]);
  });

  it('leaves out an id that is longer than those of Claude', async () => {
    write('x'.repeat(1_000), 'p');
    write('a', 'p');
    expect(await counts()).toEqual({ a: 1 });
  });

  it('tells of the quarantine, a database that was set aside, and the outbox', async () => {
    noteEvicted(database, 3, 7);
    noteMovedAside(database, { path: '/aside', at: 5, reason: 'page 2' });
    database.exec(`
      INSERT INTO outbox (sink, event_id, event_type, pattern_id, lineage_id, body, created_at, dead_at)
        VALUES ('http', 'e1', 'created', 'p', 'l', '{}', 1, NULL), ('http', 'e2', 'created', 'p', 'l', '{}', 1, 9);`);
    const { state } = trip(CLOSED, 'no connection', 1);
    database
      .prepare("INSERT INTO breakers (sink, state, updated_at) VALUES ('http', ?, 1)")
      .run(JSON.stringify(state));
    await counts();
    expect(readGlance(paths)).toMatchObject({
      setAside: { path: '/aside', at: 5, reason: 'page 2' },
      evicted: { files: 3, at: 7 },
      outbox: {
        waiting: 1,
        dead: 1,
        interrupted: [{ sink: 'http', phase: 'open', reason: 'no connection' }],
      },
    });
  });

  it('fits the database that is closed after its end, and one that is opened to read', async () => {
    write('a', 'p');
    await glance.end();
    database.close();
    expect(readGlance(paths)?.patterns.get('a')).toBe(1);
    database = openDatabase(paths.database);
  });

  it('is for its user only', async () => {
    await counts();
    expect(statSync(paths.glance).mode & 0o777).toBe(0o600);
  });

  it.each<[string, () => void]>([
    ['a folder', () => mkdirSync(paths.glance)],
    ['no JSON', () => writeFileSync(paths.glance, '{"mark":')],
    ['a list', () => writeFileSync(paths.glance, '[]')],
    ['a glance of nothing', () => writeFileSync(paths.glance, '{}')],
    ['too much', () => writeFileSync(paths.glance, ' '.repeat(1_000_000))],
  ])('takes %s for none', (_, make) => {
    make();
    expect(readGlance(paths)).toBeUndefined();
  });

  it('takes the place of a link, and leaves alone what that leads to', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'mine');
    symlinkSync(other, paths.glance);
    write('a', 'p');
    expect(await counts()).toEqual({ a: 1 });
    expect(lstatSync(paths.glance).isFile()).toBe(true);
    expect(statSync(other).size).toBe(4);
  });
});
