import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  watch as watchFolder,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { PAGE, truncate, wipe } from '../store/maintenance/damage.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');
/** Nobody listens there, so that what is to be sent stays in the outbox. */
const CONFIG = 'api: { base_url: "http://127.0.0.1:9" }\ncourier: { idle_exit_seconds: 60 }\n';

/** How often a restore is killed. */
const ROUNDS = 8;

let homes: TrackerHome[] = [];
const makeHome = (config = CONFIG) => {
  const home = new TrackerHome(config);
  homes.push(home);
  return home;
};
afterEach(async () => {
  for (const home of homes) await home.remove();
  homes = [];
});

const cli = async (home: TrackerHome, ...args: string[]) => await home.cli(args);

const isSound = async (path: string, home: TrackerHome) =>
  (await cli(home, 'verify', path)).exitCode === 0;

/** Before and after of a call that writes a piece of code of its own. */
function writeEvents(n: number, code = `export const value${n} = ${n};\n`): [string, string] {
  const call = {
    session_id: `session-${n % 3}`,
    tool_name: 'Write',
    tool_use_id: `toolu_${n}`,
    tool_input: { file_path: `/home/dev/project/file-${n}.ts`, content: code },
  };
  return [
    payload({ ...call, hook_event_name: 'PreToolUse' }),
    payload({ ...call, hook_event_name: 'PostToolUse', tool_response: { type: 'create' } }),
  ];
}

function spoolWrites(home: TrackerHome, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const [before, after] = writeEvents(n);
    const name = String(n).padStart(6, '0');
    home.spool(`${name}-a.settings`, before);
    home.spool(`${name}-b.settings`, after);
  }
}

/** A courier takes what waits, and leaves. */
async function takeIn(home: TrackerHome): Promise<void> {
  const courier = home.runCourier();
  await expect.poll(() => home.courierPid).toBeDefined();
  await home.settled();
  await home.stop();
  await courier;
}

const WHAT_COUNTS = {
  events: 'event_id, name, session_id, payload',
  sessions: 'id, source, prompts',
  tool_calls: 'session_id, tool_use_id, tool_name, outcome',
  patterns: 'id, code, origin, generation, lineage_id, occurrences',
  occurrences: 'event_id, ordinal, pattern_id, action, file_path',
  lineage_edges: 'child_id, parent_id',
  outbox: 'event_id, body',
};

/** The rows of all tables that matter, sorted. */
function contentOf(path: string): Record<string, string[]> {
  const database = new Sqlite(path, { readonly: true });
  try {
    return Object.fromEntries(
      Object.entries(WHAT_COUNTS).map(([table, columns]) => [
        table,
        database
          .prepare(`SELECT ${columns} FROM ${table}`)
          .all()
          .map((row) => JSON.stringify(row))
          .toSorted(),
      ]),
    );
  } finally {
    database.close();
  }
}

const countsOf = (content: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(content).map(([table, rows]) => [table, rows.length]));

describe('a backup', () => {
  it('is sound when it was taken while the courier writes', async () => {
    const home = makeHome();
    spoolWrites(home, 0, 600);
    const courier = home.runCourier();
    const backups: string[] = [];
    await expect.poll(() => home.value('SELECT count(*) FROM events') ?? 0).not.toBe(0);
    let taken = 0;
    while (home.waiting.length > 0 || taken < 3) {
      const { exitCode, err, out } = await cli(home, 'backup', '--json');
      expect([exitCode, err]).toEqual([0, '']);
      backups.push((JSON.parse(out) as { path: string }).path);
      taken++;
    }
    await home.settled();
    expect(home.value('SELECT count(*) FROM events')).toBe(1_200);
    const whole = contentOf(home.paths.database);
    for (const path of backups) {
      expect(await isSound(path, home)).toBe(true);
      const copy = contentOf(path);
      expect(whole['events']).toEqual(expect.arrayContaining(copy['events']?.slice(0, 50) ?? []));
      // A pattern and its row in the outbox are of one transaction: so they are in every copy.
      expect(copy['outbox']?.length).toBe(copy['patterns']?.length);
    }
    await home.stop();
    await courier;
  });
});

const DESTRUCTIONS: Record<string, (path: string) => void> = {
  'was deleted': (path) => rmSync(path),
  'was deleted with its WAL': (path) => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  },
  'was overwritten with zeros in the middle': (path) => {
    const pages = Math.floor(statSync(path).size / PAGE);
    for (let n = 0; n < 20; n++) wipe(path, Math.floor(pages / 2) + n);
  },
  'was overwritten from its start': (path) => {
    for (let page = 1; page < 8; page++) wipe(path, page);
  },
  'was truncated': (path) => truncate(path, Math.floor(statSync(path).size / 3)),
};

describe('restore', () => {
  it.each(Object.entries(DESTRUCTIONS))(
    'brings everything back after the original %s',
    async (_, destroy) => {
      const home = makeHome();
      const { database } = home.paths;
      spoolWrites(home, 0, 120);
      const courier = home.runCourier();
      await home.settled();
      const before = contentOf(database);
      expect(countsOf(before)).toEqual({
        events: 240,
        sessions: 3,
        tool_calls: 120,
        patterns: 120,
        occurrences: 120,
        lineage_edges: 0,
        outbox: 120,
      });
      const backup = join(home.folder, 'copy.db');
      expect(await cli(home, 'backup', backup)).toMatchObject({ exitCode: 0 });

      destroy(database); // while the courier has it open
      const { exitCode, out, err } = await cli(home, 'restore', backup, '--yes');
      expect([exitCode, err]).toEqual([0, '']);
      expect(out).toMatch(/events +240\n/);
      await courier;
      expect(contentOf(database)).toEqual(before);
      expect(await isSound(database, home)).toBe(true);
      expect(home.courierPid).toBeUndefined(); // it starts nothing by itself

      // What a hook captures now, the next courier takes into the restored one.
      home.capture(writeEvents(9_999)[1]);
      await home.settled();
      const after = contentOf(database);
      expect(after['patterns']?.length).toBe(121);
      expect(after['patterns']).toEqual(expect.arrayContaining(before['patterns'] ?? []));
    },
  );

  it('loses no event that hooks capture meanwhile', async () => {
    const home = makeHome();
    spoolWrites(home, 0, 300);
    void home.runCourier();
    await home.settled();
    const backup = join(home.folder, 'copy.db');
    await cli(home, 'backup', backup);
    const restore = spawn(process.execPath, [CLI, 'restore', backup, '--yes'], {
      env: home.env,
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((done) => restore.on('close', done));
    let captured = 0;
    for (; restore.exitCode === null; captured++) {
      home.capture(writeEvents(1_000 + captured)[1]);
      await new Promise((done) => setImmediate(done));
    }
    expect(await ended).toBe(0);
    home.capture(writeEvents(5_000)[1]); // the next hook starts a courier
    await home.settled();
    // What came before the swap went into the database that was replaced, and is kept there.
    const aside = readdirSync(home.paths.data).find((name) => name.includes('before-restore'));
    const found = new Set([
      ...(contentOf(home.paths.database)['patterns'] ?? []),
      ...(contentOf(join(home.paths.data, aside ?? ''))['patterns'] ?? []),
    ]);
    expect(found.size).toBe(300 + captured + 1);
    expect(home.drops).toBe('');
  });

  it('leaves the old one or the new one, never none, when it is killed', async () => {
    const home = makeHome();
    const { database, data } = home.paths;
    spoolWrites(home, 0, 200);
    await takeIn(home);
    const backup = join(home.folder, 'copy.db');
    expect(await cli(home, 'backup', backup)).toMatchObject({ exitCode: 0 });
    spoolWrites(home, 200, 250);
    await takeIn(home);
    const present = join(home.folder, 'present.db');
    copyFileSync(database, present); // nobody has it open

    const startedAt = performance.now();
    expect(await cli(home, 'restore', backup, '--yes')).toMatchObject({ exitCode: 0 });
    const usualMs = performance.now() - startedAt;

    const outcomes = { old: 0, new: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of readdirSync(data)) {
        if (name.startsWith('tracker.db')) rmSync(join(data, name));
      }
      copyFileSync(present, database);
      const restore = spawn(process.execPath, [CLI, 'restore', backup, '--yes'], {
        env: home.env,
        stdio: 'ignore',
      });
      const ended = new Promise((done) => restore.on('close', done));
      // At some time or other, and every second round as soon as the old one has its new name.
      const killer = setTimeout(() => restore.kill('SIGKILL'), (usualMs * round) / ROUNDS);
      const watch = watchFolder(data, (_, name) => {
        if (name?.includes('before-restore')) restore.kill('SIGKILL');
      });
      if (round % 2 === 0) watch.close();
      else clearTimeout(killer);
      await ended;
      clearTimeout(killer);
      watch.close();
      expect(existsSync(database)).toBe(true);
      const events = contentOf(database)['events']?.length;
      expect([400, 500]).toContain(events);
      outcomes[events === 400 ? 'new' : 'old']++;
      expect(home.value('PRAGMA integrity_check')).toBe('ok');
    }
    expect(outcomes.old).toBeGreaterThan(0);
    // What the killed ones left is removed by one that is not.
    expect(await cli(home, 'restore', backup, '--yes')).toMatchObject({ exitCode: 0 });
    expect(readdirSync(dirname(database)).filter((name) => name.includes('next-'))).toEqual([]);
    expect(contentOf(database)['events']?.length).toBe(400);
  });

  it('does not replace a database that another program has open', async () => {
    const home = makeHome();
    spoolWrites(home, 0, 5);
    await takeIn(home);
    const backup = join(home.folder, 'copy.db');
    await cli(home, 'backup', backup);
    const reader = new Sqlite(home.paths.database);
    reader.prepare('SELECT count(*) FROM events').get();
    const { exitCode, err } = await cli(home, 'restore', backup, '--yes');
    expect([exitCode, err]).toEqual([
      1,
      expect.stringMatching(
        /^error: .*tracker\.db is open in another program\n {2}End the programs that use it/,
      ),
    ]);
    reader.close();
    expect(readdirSync(home.paths.data).filter((name) => /next-|before-/.test(name))).toEqual([]);
  });
});

describe('repair', () => {
  it('joins a database that the courier has set aside with the one it has begun', async () => {
    const home = makeHome();
    const undamaged = makeHome();
    const { database, data } = home.paths;
    for (const one of [home, undamaged]) {
      spoolWrites(one, 0, 200);
      // A call whose end comes only after the damage.
      one.spool('000300-a.settings', writeEvents(300)[0]);
      await takeIn(one);
    }
    wipe(database, 1); // the schema: SQLite itself can read nothing any more
    for (const one of [home, undamaged]) {
      one.spool('000300-b.settings', writeEvents(300)[1]);
      spoolWrites(one, 301, 400);
      one.spool('000500.settings', writeEvents(500, 'export const value7 = 7;\n')[1]); // known before
      await takeIn(one);
    }
    const aside = readdirSync(data).find((name) => name.includes('.corrupt-')) ?? '';
    expect(contentOf(database)['patterns']?.length).toBe(101);

    const { exitCode, err, out } = await cli(home, 'repair', join(data, aside), '--yes');
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('Added: what');
    const [repaired, expected] = [contentOf(database), contentOf(undamaged.paths.database)];
    // The server is told again of what the fresh one took for new: same events, but for one that it
    // took for a creation.
    delete repaired['outbox'];
    delete expected['outbox'];
    expect(repaired).toEqual(expected);
    expect(await isSound(database, home)).toBe(true);
    expect((await cli(home, 'status')).out).not.toContain('corrupt');
  });
});
