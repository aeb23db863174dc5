import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { countAttempt } from '../../lib/capture/attempt.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import { acquireProcessLock } from '../../lib/store/database/process-lock.ts';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { payload, TrackerHome } from './tracker-home.ts';
import { unpackedBytes } from '../support/unpacked-rows.ts';

const CLI = resolve('dist/cli.cjs');
const SECRET = 'Zebra-Accordion "77" ünder\nthe stairs';
/** How often an erasure is killed. */
const ROUNDS = 12;

let home: TrackerHome;
let api: FaultyApi;
beforeEach(async () => {
  api = new FaultyApi();
  await api.up();
  home = new TrackerHome(
    `api: { base_url: "${api.url}" }\ncourier: { idle_exit_seconds: 60 }\nspool: { partial_seconds: 0 }\n`,
  );
});
afterEach(async () => {
  await home.remove();
  await api.down();
});

const cli = async (...args: string[]) => await home.cli(args);

function event(n: number, fields: Record<string, unknown>): string {
  return payload({ tool_use_id: `toolu_${n}`, session_id: `session-${n % 3}`, ...fields });
}

const write = (n: number, content: string) =>
  event(n, {
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_input: { file_path: `/home/dev/project/f${n}.ts`, content },
    tool_response: { type: 'create' },
  });

/** Sixty calls; every fifth holds the secret, some of them in a text of many pages. */
function spoolCalls(): void {
  for (let n = 0; n < 60; n++) {
    const isSecret = n % 5 === 0;
    const filler = `// line ${n}\n`.repeat(n % 10 === 0 ? 4_000 : 3);
    const code = `${filler}export const value${n} = ${isSecret ? JSON.stringify(SECRET) : n};\n${filler}`;
    home.spool(`${String(n).padStart(4, '0')}.settings`, write(n, code));
  }
  home.spool('9000.settings', payload({ hook_event_name: 'UserPromptSubmit', prompt: SECRET }));
  home.spool('9001.settings', `{"session_id": "broken", "prompt": ${JSON.stringify(SECRET)}`);
}

/** A courier takes what waits and delivers it, and leaves. */
async function takeIn(isDone = () => true): Promise<void> {
  const courier = home.runCourier();
  await expect.poll(() => home.courierPid).toBeDefined();
  await home.settled();
  await expect.poll(isDone).toBe(true);
  await home.stop();
  await courier;
}

/** The files below a folder that hold a part of the secret, in any spelling, or are named after it. */
function holders(folder = home.paths.data, secret = /Zebra-Accordion|the stairs/): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => secret.test(path) || secret.test(unpackedBytes(path).toString('latin1')));
}

const outboxRows = () => home.value('SELECT count(*) FROM outbox');

describe('forget', () => {
  it('leaves nothing of a text in any file, tells the server, and stays forgotten', async () => {
    spoolCalls();
    await takeIn(() => outboxRows() === 0);
    expect(api.received.length).toBe(60);
    writeFileSync(join(home.paths.spoolBad, 'old.not-json'), `{"x": ${JSON.stringify(SECRET)}`);
    appendFileSync(
      home.paths.logFile,
      `${JSON.stringify({ error: `no file ${SECRET}` })}\n{"msg":"kept"}\n`,
    );
    expect(holders().length).toBeGreaterThan(2);
    // Still in the spool, and a second time.
    home.spool('9100.settings', write(100, `const again = ${JSON.stringify(SECRET)};\n`));
    home.spool('9101.plugin', write(0, 'came from the plugin, too'));

    const dry = await cli('forget', '--match', SECRET, '--dry-run', '--json');
    expect(dry).toMatchObject({ exitCode: 0, err: '' });
    expect(JSON.parse(dry.out)).toMatchObject({ would_remove: { patterns: 12 }, waiting: 2 });
    expect(home.value('SELECT count(*) FROM patterns')).toBe(60);

    const { exitCode, out, err } = await cli('forget', '--match', SECRET, '--yes', '--json');
    expect([exitCode, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      removed: {
        events: 14,
        tool_calls: 13,
        patterns: 13,
        quarantine_files: 2,
        log_lines: 1,
        prompts: 1,
      },
      backups: [],
      servers: [{ sink: 'http', deletions: 13, recalls: true }],
      verified: { values: 1, found: [], kept: 0, is_wiped: true },
    });
    expect(holders()).toEqual([]);
    expect(readFileSync(home.paths.logFile, 'utf8')).toContain('"kept"');
    expect(home.value('SELECT count(*) FROM forget_jobs')).toBe(0);
    expect(home.value('PRAGMA integrity_check')).toBe('ok');
    expect((await cli('verify')).exitCode).toBe(0);

    home.spool('9200.plugin', write(5, `const value5 = ${JSON.stringify(SECRET)};\n`));
    await takeIn(() => outboxRows() === 0);
    expect(holders()).toEqual([]);
    const deleted = api.requests.filter(({ method }) => method === 'DELETE');
    expect(deleted.map(({ path }) => /^\/patterns\/[0-9a-f]{16}$/.test(path))).toEqual(
      Array.from({ length: 13 }, () => true),
    );
  });

  it.each([
    ['a wrong value', 'capture: { content: metadat }\n'],
    ['broken YAML', 'capture: { content: metadata\n'],
  ])(
    'erases nothing and takes nothing in while %s leaves open what may be kept',
    async (_, yaml) => {
      home.spool('1.settings', write(1, 'const kept = 1;\n'));
      await takeIn();
      home.spool('2.settings', write(2, `const waiting = ${JSON.stringify(SECRET)};\n`));
      home.configure(yaml);
      const { exitCode, err } = await cli('forget', '--match', 'kept', '--yes');
      expect([exitCode, err]).toEqual([
        1,
        expect.stringContaining('what may be kept is not known'),
      ]);
      expect(home.waiting).toEqual(['2.settings']);
      expect(home.rows('SELECT code FROM patterns')).toEqual([{ code: 'const kept = 1;\n' }]);

      home.configure('capture: { content: metadata }\n');
      expect((await cli('forget', '--match', 'kept', '--yes')).exitCode).toBe(0);
      expect(home.waiting).toEqual([]);
      expect(home.value('SELECT count(*) FROM patterns')).toBe(0);
      expect(holders()).toEqual([]);
    },
  );

  it('says that nothing was verified where all texts were too short', async () => {
    home.spool('1.settings', payload({ hook_event_name: 'UserPromptSubmit', prompt: 'go on' }));
    await takeIn();
    const { exitCode, out } = await cli('forget', '--until', 'tomorrow', '--yes');
    expect(exitCode).toBe(0);
    expect(out).toContain('Erased: 1 event');
    expect(out).toContain('Nothing could be verified');
    expect(out).not.toContain('none is left');
  });

  it('leaves no code of a pattern where it was read cut or numbered', async () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, n) => `export const zebra${n} = () => ${n * 3};`,
    );
    const code = `${lines.join('\n')}\n`;
    const of = (n: number, fields: Record<string, unknown>) =>
      home.spool(`${n}.settings`, event(n, { hook_event_name: 'PostToolUse', ...fields }));
    home.spool('0.settings', write(0, code));
    of(1, {
      tool_name: 'Read',
      tool_input: { file_path: '/x/a.ts' },
      tool_response: { file: { content: code } },
    });
    of(2, {
      tool_name: 'Bash',
      tool_input: { command: 'cat -n f0.ts' },
      tool_response: { stdout: lines.map((line, n) => `${n + 1}\t${line}`).join('\n') },
    });
    await takeIn();
    const id = String(home.value('SELECT id FROM patterns'));
    const { exitCode, out } = await cli('forget', '--pattern', id, '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      removed: { patterns: 1, payloads: 2 },
      verified: { values: 4, found: [], kept: 0 },
    });
    expect(holders(home.paths.data, /zebra/)).toEqual([]);
  });

  it('names the backups that still hold it, and rewrites them', async () => {
    spoolCalls();
    await takeIn();
    expect((await cli('backup')).exitCode).toBe(0);
    const aside = join(home.paths.data, 'tracker.db.corrupt-20260101T000000');
    writeFileSync(aside, `no database: ${SECRET}`);
    const named = await cli('forget', '--match', SECRET, '--yes', '--json');
    expect(JSON.parse(named.out)).toMatchObject({
      backups: [
        { kind: 'backup', holds: true, is_rewritten: false },
        { path: aside, kind: 'set-aside', holds: true, is_rewritten: false },
      ],
    });
    const { exitCode, out } = await cli(
      'forget',
      '--match',
      SECRET,
      '--yes',
      '--json',
      '--backups',
    );
    const { backups } = JSON.parse(out) as {
      backups: { path: string; holds: boolean; error: string | null }[];
    };
    expect(exitCode).toBe(0);
    expect(backups.map(({ holds, error }) => [holds, error === null])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(holders()).toEqual([aside]);
    expect((await cli('verify', backups[0]?.path ?? '')).exitCode).toBe(0);
    const copy = new Sqlite(backups[0]?.path ?? '', { readonly: true });
    expect(copy.prepare('SELECT count(*) FROM patterns').pluck().get()).toBe(48);
    copy.close();
  });

  it.each([403, 404, 405])('deprecates where the server answers %i to a deletion', async (code) => {
    spoolCalls();
    await takeIn(() => outboxRows() === 0);
    api.deletes = code;
    await cli('forget', '--session', 'session-1', '--yes');
    const id = String(home.value('SELECT pattern_id FROM outbox LIMIT 1'));
    expect(outboxRows()).toBe(20);
    expect((await cli('flush')).exitCode).toBe(0);
    expect(outboxRows()).toBe(0);
    const told = api.received.filter(({ event_type }) => event_type === 'pattern_deprecated');
    expect(told).toHaveLength(20);
    expect(told.find(({ pattern_id }) => pattern_id === id)).toMatchObject({ reason: 'forgotten' });
  });

  it('leaves the rest to the courier while another program reads', async () => {
    spoolCalls();
    await takeIn();
    const reader = new Sqlite(home.paths.database, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    const { out } = await cli('forget', '--match', SECRET, '--yes', '--json');
    expect(JSON.parse(out)).toMatchObject({
      removed: { patterns: 12 },
      verified: { is_wiped: false },
    });
    expect(home.rows('SELECT phase, traces FROM forget_jobs')).toEqual([
      { phase: 'pages', traces: '[]' },
    ]);
    reader.close();
    home.spool('b.settings', payload({ hook_event_name: 'Stop' }));
    await takeIn(() => home.value('SELECT count(*) FROM forget_jobs') === 0);
    expect(holders()).toEqual([]);
  });

  it('leaves no trace of a project anywhere, whoever has noted it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'projects-'));
    const project = join(folder, 'Orchid-Bakery');
    const other = join(folder, 'other');
    for (const root of [project, other]) mkdirSync(join(root, '.git'), { recursive: true });
    writeFileSync(join(project, '.git/HEAD'), 'ref: refs/heads/Orchid-Bakery-branch\n');
    const name = (n: number) => `${String(n).padStart(4, '0')}.settings`;
    const inProject = (n: number, fields: Record<string, unknown>) =>
      home.spool(
        name(n),
        payload({
          cwd: join(project, 'src'),
          session_id: 'Orchid-Bakery-session',
          transcript_path: `/x/${project.replaceAll('/', '-')}/t.jsonl`,
          ...fields,
        }),
      );
    const written = (n: number, root: string, content: string) => ({
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_use_id: `toolu_${n}`,
      tool_input: { file_path: join(root, `f${n}.ts`), content },
      tool_response: { type: 'create' },
    });
    try {
      inProject(0, { hook_event_name: 'SessionStart', source: 'startup' });
      inProject(1, { hook_event_name: 'UserPromptSubmit', prompt: 'bake an Orchid-Bakery' });
      inProject(2, {
        hook_event_name: 'SubagentStart',
        agent_id: 'a1',
        agent_type: 'Orchid-Bakery-agent',
      });
      inProject(3, { hook_event_name: 'OrchidBakeryEvent', text: 'Orchid-Bakery' });
      inProject(4, {
        hook_event_name: 'PostToolUseFailure',
        tool_name: 'Bash',
        tool_use_id: 'toolu_4',
        tool_input: { command: `ls ${project}` },
        error: `no such file: ${project}`,
      });
      for (let n = 10; n < 40; n++) {
        inProject(n, written(n, project, `// Orchid-Bakery ${n}\n`.repeat(n)));
        home.spool(
          name(100 + n),
          payload({
            ...written(100 + n, other, `// kept ${n}\n`.repeat(n)),
            cwd: other,
            session_id: 'other',
          }),
        );
      }
      // The same code in both.
      inProject(50, written(50, project, 'export const shared = 1;\n'));
      home.spool(
        name(150),
        payload({
          ...written(150, other, 'export const shared = 1;\n'),
          cwd: other,
          session_id: 'other',
        }),
      );
      api.behaviour = { kind: 'refuse', refuses: ({ pattern_id: id }) => (id ?? '') < '8' };
      await takeIn(() => home.value('SELECT count(*) FROM outbox WHERE dead_at IS NULL') === 0);
      expect(outboxRows()).toBeGreaterThan(10); // dead letters
      expect(home.value('SELECT count(*) FROM patterns')).toBe(61);
      countAttempt(home.paths.tried, 'd', { CLAUDE_PROJECT_DIR: project });
      countAttempt(home.paths.tried, 'h', { CLAUDE_PROJECT_DIR: join(project, 'packages/a') });
      countAttempt(home.paths.tried, 'd', { CLAUDE_PROJECT_DIR: other });
      writeFileSync(join(home.paths.spoolBad, 'old.not-json'), `{"cwd": "${project}", `);
      appendFileSync(home.paths.logFile, `{"msg":"slow","session":"Orchid-Bakery-session"}\n`);
      const store = openDatabase(home.paths.database);
      store.exec(`INSERT INTO sinks (sink, last_error) VALUES ('x', 'refused ${project}');
        INSERT INTO breaker_transitions (sink, at, from_phase, to_phase, reason)
        VALUES ('x', 1, 'closed', 'open', 'session Orchid-Bakery-session failed');
        INSERT INTO outbox (sink, event_id, event_type, pattern_id, lineage_id, body, created_at)
        VALUES ('webhook', 'alert-1', 'alert', '', 'api_down', '{"detail": "refused ${project}"}', 1);
        UPDATE outbox SET last_error = 'refused ${project}' WHERE dead_at IS NOT NULL`);
      store.close();
      writeFileSync(
        home.paths.alerts,
        JSON.stringify({ alerts: { api_down: { detail: `refused ${project}`, since: 1 } } }),
      );
      expect(holders(home.folder, /Orchid-?Bakery/).length).toBeGreaterThan(4);

      const { exitCode, out, err } = await cli('forget', '--project', project, '--yes', '--json');
      expect([exitCode, err]).toEqual([0, '']);
      expect(JSON.parse(out)).toMatchObject({
        removed: { events: 36, sessions: 1, patterns: 30, kept_patterns: 1, quarantine_files: 1 },
        verified: { found: [], is_wiped: true },
      });
      expect(holders(home.folder, /Orchid-?Bakery/)).toEqual([]);
      expect(readdirSync(home.paths.tried)).toHaveLength(1);
      expect(JSON.parse(readFileSync(home.paths.alerts, 'utf8'))).toEqual({
        alerts: { api_down: { detail: '', since: 1 } },
      });
      expect(home.value('SELECT count(*) FROM patterns')).toBe(31);
      expect((await cli('verify')).exitCode).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes a project of which only attempts were counted', async () => {
    home.spool('1.settings', payload({ hook_event_name: 'Stop' }));
    await takeIn();
    countAttempt(home.paths.tried, 'h', { CLAUDE_PROJECT_DIR: '/nowhere/Orchid-Bakery' });
    expect((await cli('forget', '--project', '/nowhere/Orchid-Bakery', '--yes')).exitCode).toBe(0);
    expect(holders(home.folder, /Orchid-Bakery/)).toEqual([]);
    expect((await cli('forget', '--project', '/nowhere/Orchid-Bakery', '--yes')).exitCode).not.toBe(
      0,
    );
  });

  it('gets the courier out of its way, however many are started', async () => {
    spoolCalls();
    const flood = new AbortController();
    const flooding = (async () => {
      while (!flood.signal.aborted) {
        // `ensure` starts a courier whatever the hint says.
        const hook = spawn(resolve('hooks/capture.sh'), ['ensure'], { env: home.env });
        hook.stdin.end(payload({ hook_event_name: 'Stop' }));
        await once(hook, 'close');
        await new Promise((done) => setTimeout(done, 100)); // more would leave no processor time for the command
      }
    })();
    await expect.poll(() => home.courierPid).toBeDefined();
    const { exitCode, err } = await cli('forget', '--match', SECRET, '--yes', '--json');
    flood.abort();
    await flooding;
    expect([exitCode, err]).toEqual([0, '']);
    await home.stop();
  });

  it('has a courier leave that no signal reaches', async () => {
    home.spool('1.settings', payload({ hook_event_name: 'Stop' }));
    const courier = home.runCourier();
    await expect.poll(() => home.courierState?.status).toBe('idle');
    const pause = acquireProcessLock(home.paths.courierPause, 0);
    expect(pause).toBeDefined();
    expect(await courier).toBe(0);
    pause?.release();
  });

  it('lets no courier work that started or waited meanwhile', async () => {
    home.spool('1.settings', payload({ hook_event_name: 'Stop' }));
    const { courierLock, courierPause } = home.paths;
    const lock = acquireProcessLock(courierLock, 0);
    const waiting = home.runCourier();
    const pause = acquireProcessLock(courierPause, 0);
    const starting = home.runCourier();
    expect([lock, pause]).not.toContain(undefined);
    lock?.release();
    expect(await Promise.all([waiting, starting])).toEqual([0, 0]);
    expect(home.waiting).toEqual(['1.settings']);
    pause?.release();
    await takeIn();
    expect(home.waiting).toEqual([]);
  });

  it('goes on after it was killed at any moment', async () => {
    spoolCalls();
    await takeIn();
    await cli('backup');
    mkdirSync(home.paths.spoolBad, { recursive: true });
    const { database } = home.paths;
    const before = readFileSync(database);
    const startedAt = performance.now();
    expect(
      JSON.parse((await cli('forget', '--match', SECRET, '--dry-run', '--json')).out),
    ).toMatchObject({
      would_remove: { patterns: 12 },
    });
    // Later when it had not begun, earlier when it had, so that kills come to fall into its work on any machine.
    let delayMs = performance.now() - startedAt;
    const phases = new Set<string>();
    for (let round = 0; round < ROUNDS || (phases.size < 2 && round < 10 * ROUNDS); round++) {
      for (const suffix of ['-wal', '-shm']) writeFileSync(database + suffix, '');
      writeFileSync(database, before);
      writeFileSync(join(home.paths.spoolBad, 'x.not-json'), SECRET);
      const child = spawn(
        process.execPath,
        [CLI, 'forget', '--match', SECRET, '--yes', '--backups'],
        {
          env: home.env,
          stdio: 'ignore',
        },
      );
      const ended = new Promise((done) => child.on('close', done));
      const killer = setTimeout(() => child.kill('SIGKILL'), delayMs * (1 + (round % 5) / 10));
      await ended;
      clearTimeout(killer);
      const [job] = home.rows('SELECT phase FROM forget_jobs') as { phase: string }[];
      const phase = job?.phase ?? 'none';
      const events = Number(home.value('SELECT count(*) FROM events'));
      phases.add(`${phase} ${events}`);
      const hadBegun = phase !== 'none' || events !== 61;
      delayMs *= hadBegun ? 0.85 : 1.25;
      if (!hadBegun) continue;
      // Any courier goes on with it.
      home.spool(`a${round}.settings`, payload({ hook_event_name: 'Stop', round }));
      await takeIn(() => home.value('SELECT count(*) FROM forget_jobs') === 0);
      expect(holders().filter((path) => statSync(path).size > 0)).toEqual([]);
      expect((await cli('verify')).exitCode).toBe(0);
      expect(existsSync(database)).toBe(true);
    }
    expect(phases.size).toBeGreaterThan(1);
  });
});

it('leaves nothing in the file of what retention removed, once nothing comes', async () => {
  home.configure('retention: { raw_events_days: 0.00001 }\ncourier: { idle_exit_seconds: 1 }\n');
  // A pass removes a part of what is too old, the oldest first.
  for (const [n, prompt] of [SECRET, 'one', 'two', 'three'].entries()) {
    home.spool(`${n}.settings`, payload({ hook_event_name: 'UserPromptSubmit', prompt }));
    const at = Date.now() / 1000 - 3600 + n;
    utimesSync(join(home.paths.spoolNew, `${n}.settings`), at, at);
  }
  expect(await home.runCourier()).toBe(0);
  expect(home.value('SELECT count(*) FROM events')).toBe(4);
  expect(home.value('SELECT count(*) FROM events WHERE payload IS NULL')).toBe(1);
  expect(home.value("SELECT count(*) FROM meta WHERE key = 'rewritten_at'")).toBe(1);
  expect(home.value("SELECT count(*) FROM meta WHERE key = 'freed_pages_unwiped'")).toBe(0);
  expect(holders()).toEqual([]);
});
