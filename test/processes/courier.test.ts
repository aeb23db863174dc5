import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive, payload, TrackerHome } from './tracker-home.ts';

const QUICK_EXIT = 'courier: { idle_exit_seconds: 0.3 }\n';
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

let homes: TrackerHome[] = [];
const makeHome = (config?: string) => {
  const home = new TrackerHome(config);
  homes.push(home);
  return home;
};

afterEach(async () => {
  for (const home of homes) await home.remove();
  homes = [];
});

const event = (n: number, name = 'PreToolUse') =>
  payload({
    hook_event_name: name,
    tool_name: 'Read',
    tool_input: { n },
    tool_use_id: `toolu_${n}`,
  });

describe('the courier', () => {
  it('is started by a capture, ingests, and leaves when there is nothing to do', async () => {
    const home = makeHome(QUICK_EXIT);
    home.capture(event(1));
    await home.settled();
    expect(home.value('SELECT count(*) FROM events')).toBe(1);
    await expect.poll(() => home.courierState?.status).toBe('stopped');
    expect([home.courierPid, existsSync(home.paths.courierPid)]).toEqual([undefined, false]);
  });

  it('loses no event that arrives while it leaves', async () => {
    const home = makeHome('courier: { idle_exit_seconds: 0.05 }\n');
    for (let n = 0; n < 60; n++) {
      home.capture(event(n));
      if (n % 20 === 0) await expect.poll(() => home.courierPid).toBeUndefined();
      else await new Promise((done) => setTimeout(done, n * 3)); // before, while or after it leaves
    }
    await home.settled();
    expect(home.value('SELECT count(*) FROM events')).toBe(60);
  });

  it('is single: of five that start at once, one stays', async () => {
    const home = makeHome();
    home.spool('a.settings', event(1));
    const all = Array.from({ length: 5 }, () => home.runCourier());
    await home.settled();
    const others = await Promise.race([
      Promise.all(all).then(() => 'all have left'),
      expect
        .poll(() => leftCount(all))
        .toBe(4)
        .then(() => 'one has stayed'),
    ]);
    expect(others).toBe('one has stayed');
    await home.stop();
    await Promise.all(all);
  });

  it('is started by the next event although a stranger has got its process id', async () => {
    const home = makeHome();
    home.capture(event(1));
    await home.settled();
    await home.stop('SIGKILL');
    const stranger = spawn('sleep', ['60']); // has got the dead courier's process id, so to speak
    const hint = readFileSync(home.paths.courierHint, 'utf8');
    writeFileSync(home.paths.courierHint, hint.replace(/^\d+/, `${stranger.pid}`));
    writeFileSync(home.paths.courierPid, `${stranger.pid}\n`);
    home.capture(event(2));
    await home.settled();
    expect(home.courierPid).not.toBe(stranger.pid);
    expect(home.value('SELECT count(*) FROM events')).toBe(2);
    stranger.kill('SIGKILL');
  });

  it('leaves at once on SIGTERM in the midst of a backlog, and the next one takes the rest', async () => {
    const home = makeHome();
    for (let n = 0; n < 3_000; n++) home.spool(`${n}.settings`, event(n));
    const run = home.runCourier();
    await expect.poll(() => home.waiting.length, { interval: 2 }).toBeLessThan(3_000);
    await home.stop();
    expect(await run).toBe(0);
    home.capture(event(3_000));
    await home.settled();
    expect(home.value('SELECT count(*) FROM events')).toBe(3_001);
    expect(home.value("SELECT value FROM counters WHERE name = 'ingested'")).toBe(3_001);
  });

  it('knows no key of the environment it was started from', async () => {
    const home = makeHome();
    home.env['ANTHROPIC_API_KEY'] = 'sk-secret-of-the-user';
    home.capture(event(1));
    await home.settled();
    const environment = readFileSync(`/proc/${home.courierPid}/environ`, 'utf8');
    expect(environment).toContain('HOME=');
    expect(environment).not.toContain('sk-secret');
  });

  it('runs in a session of its own at low priority', async () => {
    const home = makeHome();
    home.capture(event(1));
    await home.settled();
    const stat = readFileSync(`/proc/${home.courierPid}/stat`, 'latin1').replace(/^.*\) /, '');
    const fields = stat.split(' ');
    expect(Number(fields[3])).toBe(home.courierPid); // session
    expect(Number(fields[16])).toBe(10); // nice
  });

  it('keeps its files to the user alone', async () => {
    const home = makeHome();
    home.capture(event(1));
    await home.settled();
    const files = readdirSync(home.paths.data, { recursive: true, withFileTypes: true });
    const loose = files.filter((file) => statSync(join(file.parentPath, file.name)).mode & 0o077);
    expect(files.length).toBeGreaterThan(5);
    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  it('sets aside what it cannot parse, with its reason, within bounds', async () => {
    const home = makeHome(`${QUICK_EXIT}spool: { max_bad_files: 3, partial_seconds: 0 }\n`);
    home.spool('1.settings', '');
    home.spool('2.settings', '{"session_id":"s"');
    home.spool('3.settings', '[]');
    home.spool('4.settings', '{"session_id":"s"}');
    home.spool('5.settings', '{"hook_event_name":"Stop"}');
    home.spool('6.settings', event(1));
    await home.runCourier();
    expect(home.waiting).toEqual([]);
    expect(home.quarantined).toHaveLength(3);
    expect(
      home.quarantined.every((name) =>
        /\.settings\.(?:empty|not-json|not-an-object|no-event-name|no-session-id)$/.test(name),
      ),
    ).toBe(true);
    expect(home.value("SELECT value FROM counters WHERE name = 'quarantine_evicted'")).toBe(2);
    expect(home.value('SELECT count(*) FROM events')).toBe(1);
  });

  it('keeps the beginning of what is too large for the quarantine, and says what was lost', async () => {
    const home = makeHome(
      'courier: { idle_exit_seconds: 0.3, max_event_bytes: 200000 }\nspool: { max_bad_bytes: 100000 }\n',
    );
    home.spool('1.settings', event(1).replace('{', `{"text":"${'x'.repeat(300_000)}",`));
    home.spool('2.settings', event(2));
    await home.runCourier();
    expect(home.quarantined).toEqual(['1.settings.too-large']);
    expect(statSync(join(home.paths.spoolBad, '1.settings.too-large')).size).toBe(65_536);
    expect(home.value("SELECT value FROM counters WHERE name = 'quarantine_evicted'")).toBe(1);
    expect(
      home.value("SELECT value ->> '$.files' FROM meta WHERE key = 'quarantine_evicted'"),
    ).toBe(1);
  });

  it('takes a file that is still being written once it has come to its end', async () => {
    const home = makeHome(QUICK_EXIT);
    const whole = event(1);
    home.spool('slow.settings', whole.slice(0, 40));
    home.spool('empty.settings', '');
    home.spool('other.settings', event(2));
    const run = home.runCourier();
    await expect.poll(() => home.value('SELECT count(*) FROM events')).toBe(1);
    await expect.poll(() => home.waiting.length).toBe(2); // it is removed after the commit
    expect(home.quarantined).toEqual([]);
    appendFileSync(join(home.paths.spoolNew, 'slow.settings'), whole.slice(40));
    appendFileSync(join(home.paths.spoolNew, 'empty.settings'), event(3));
    expect(await run).toBe(0); // and not before they are taken, though it has long been idle
    expect(home.value('SELECT count(*) FROM events')).toBe(3);
    expect([home.waiting, home.quarantined]).toEqual([[], []]);
  });

  it('sets aside what a killed capture has left unfinished', async () => {
    const home = makeHome(`${QUICK_EXIT}spool: { partial_seconds: 1 }\n`);
    home.spool('torn.settings', event(1).slice(0, 40));
    expect(await home.runCourier()).toBe(0);
    expect([home.waiting, home.quarantined]).toEqual([[], ['torn.settings.not-json']]);
  });

  it('moves a corrupt database aside, goes on with a fresh one, and says so', async () => {
    const home = makeHome(QUICK_EXIT);
    mkdirSync(home.paths.data);
    writeFileSync(
      home.paths.database,
      'this is no database, but long enough to be read as one'.repeat(99),
    );
    home.spool('1.settings', event(1));
    await home.runCourier();
    expect(home.value('SELECT count(*) FROM events')).toBe(1);
    const moved = JSON.parse(
      String(home.value("SELECT value FROM meta WHERE key = 'corrupt_moved_to'")),
    );
    expect(readFileSync(moved.path, 'utf8')).toContain('this is no database');
  });

  it('moves a database aside that turns out corrupt only when it is written to', async () => {
    const home = makeHome(QUICK_EXIT);
    for (let n = 0; n < 300; n++) home.spool(`${n}.settings`, event(n));
    await home.runCourier();
    const bytes = readFileSync(home.paths.database);
    bytes.fill(0xa5, Math.floor(bytes.length / 2));
    writeFileSync(home.paths.database, bytes);
    for (let n = 300; n < 310; n++) home.spool(`${n}.settings`, event(n));
    await home.runCourier();
    expect(home.value("SELECT count(*) FROM meta WHERE key = 'corrupt_moved_to'")).toBe(1);
    expect(home.value('SELECT count(*) FROM events')).toBe(10);
  });

  it('stays with the defaults when the configuration is broken, and says which line', async () => {
    const home = makeHome('courier:\n  idle_exit_secs: 1\n');
    home.capture(event(1));
    await home.settled();
    expect(home.courierState?.configError).toMatch(/config\.yaml.*idle_exit_secs/s);
    home.configure(QUICK_EXIT);
    await expect.poll(() => home.courierState?.status).toBe('stopped');
    expect(home.courierState?.configError).toBeNull();
  });

  it('marks the spool full past its bound, and free again once it is drained', async () => {
    const home = makeHome('spool: { max_files: 5 }\n');
    for (let n = 0; n < 10; n++) home.spool(`${n}.settings`, event(n));
    mkdirSync(home.paths.database); // no database can be opened here
    const run = home.runCourier();
    await expect.poll(() => existsSync(home.paths.spoolFull)).toBe(true);
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    home.capture(event(11));
    expect(home.drops).toBe('f');
    execFileSync('rmdir', [home.paths.database]);
    await home.settled();
    await expect.poll(() => existsSync(home.paths.spoolFull)).toBe(false);
    await expect.poll(() => home.courierState?.status).toBe('idle');
    expect(home.value('SELECT count(*) FROM events')).toBe(10);
    await home.stop();
    await run;
  });

  it.skipIf(!canMount)(
    'waits while the disk is full, and loses nothing of what it has',
    async () => {
      const home = makeHome();
      mkdirSync(home.paths.data);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', home.paths.data]);
      try {
        for (let n = 0; n < 200; n++) home.spool(`${n}.settings`, event(n));
        const ballast = join(home.paths.data, 'ballast');
        const free = Number(execFileSync('stat', ['-f', '-c', '%a', home.paths.data])) * 4096;
        writeFileSync(ballast, Buffer.alloc(free - 65_536));
        const run = home.runCourier();
        await expect.poll(() => home.courierPid).toBeDefined();
        await expect.poll(() => home.courierState?.status).toBe('degraded');
        expect(home.waiting).toHaveLength(200);
        execFileSync('rm', [ballast]);
        await home.settled();
        expect(home.value('SELECT count(*) FROM events')).toBe(200);
        await home.stop();
        expect(await run).toBe(0);
      } finally {
        await home.stop();
        execFileSync('umount', [home.paths.data]);
      }
    },
  );

  it.each([
    ['with its thread', 'dist'],
    ['without the program of its thread', 'copy'],
  ])('takes in a backlog, the bad among the good, %s', async (_, place) => {
    const home = makeHome(`${QUICK_EXIT}spool: { partial_seconds: 0.1 }\n`);
    const [bad, good] = [['', '{"half', '[]', 'text'], 3_000] as const;
    for (let n = 0; n < good; n += 1) {
      home.spool(
        `${String(n).padStart(5, '0')}.settings`,
        event(n >> 1, n % 2 ? 'PostToolUse' : 'PreToolUse'),
      );
      if (n % 100 === 0)
        home.spool(`${String(n).padStart(5, '0')}-bad.settings`, bad[(n / 100) % 4] ?? '');
    }
    const bundle = join(home.folder, place, 'courier.cjs');
    mkdirSync(join(home.folder, place));
    for (const name of place === 'dist' ? ['courier.cjs', 'spool-thread.cjs'] : ['courier.cjs']) {
      copyFileSync(join('dist', name), join(home.folder, place, name));
    }
    symlinkSync(resolve('node_modules'), join(home.folder, 'node_modules'));
    expect(await home.runCourier(home.env, bundle)).toBe(0);
    expect(home.waiting).toEqual([]);
    expect(home.value('SELECT count(*) FROM events')).toBe(good);
    expect(home.value("SELECT count(*) FROM tool_calls WHERE outcome = 'ok'")).toBe(good / 2);
    expect(home.quarantined).toHaveLength(good / 100);
    expect(home.courierState?.reason).toBeNull();
  });

  it('says so when its native module cannot be loaded, and does not start over for every event', async () => {
    const home = makeHome();
    mkdirSync(join(home.paths.home, 'dist'));
    // A courier installed without its native module: nothing to resolve better-sqlite3 from.
    writeFileSync(join(home.paths.home, 'dist/courier.cjs'), readFileSync('dist/courier.cjs'));
    home.capture(event(1));
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    const pid = home.courierPid;
    expect(home.courierState?.reason).toContain('better-sqlite3');
    for (let n = 2; n < 8; n++) home.capture(event(n));
    expect(home.courierPid).toBe(pid);
    expect(isAlive(pid ?? -1)).toBe(true);
    expect(home.waiting).toHaveLength(7);
  });
});

// --- internal ---

const left = new WeakMap<Promise<unknown>, true>();

function leftCount(runs: readonly Promise<unknown>[]): number {
  for (const run of runs) void run.then(() => left.set(run, true));
  return runs.filter((run) => left.has(run)).length;
}
