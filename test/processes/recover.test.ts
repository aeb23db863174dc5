// `recover`, of the built program, from installations that are really broken.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../lib/delivery/alerts/alert-message.ts';
import { trackerPaths } from '../../lib/base/paths.ts';
import { servingPid, supervisingPid } from '../../lib/cli/recovery/served-service.ts';
import { openDatabase, openDatabaseForReading } from '../../lib/store/database/database.ts';
import { noteMovedAside } from '../../lib/store/database/meta.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { OperatedHome } from './operated-home.ts';
import { endProcessesNaming, isAlive, payload } from './tracker-home.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

let home: OperatedHome;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  home = new OperatedHome();
});
afterEach(async () => {
  await home.remove();
  for (const end of ends.splice(0)) await end();
});

interface Report {
  readonly ok: boolean;
  readonly problems: readonly {
    readonly id: string;
    readonly remedy: string | null;
    readonly hint: string;
  }[];
  readonly done: readonly {
    readonly id: string;
    readonly command: string;
    readonly ok: boolean;
    readonly said: string;
  }[];
  readonly proof: readonly { readonly id: string; readonly ok: boolean; readonly found: string }[];
}

async function recover(args = '', env = {}) {
  const { exitCode, out, err } = await home.command(`recover ${args} --json`, env);
  if (out === '') throw new Error(err);
  return { exitCode, report: JSON.parse(out) as Report };
}

/** The courier that lives. */
function courier(): number {
  const pid = home.courierPid;
  if (pid === undefined) throw new Error('no courier lives'); // 0 would be this process and its group
  return pid;
}

/** A call after the first one of a home. */
const secondCall = () =>
  payload({
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_use_id: 'toolu_second',
    tool_input: { file_path: '/home/dev/project/second.ts', content: 'export const two = 2;\n' },
    tool_response: { type: 'create' },
  });

const calls = () => home.value(`SELECT count(*) FROM tool_calls WHERE session_id = 'session-1'`);

/** A service on this machine to which the home delivers. */
async function serve(): Promise<ServiceProcess> {
  const service = new ServiceProcess(join(home.folder, 'service.db'));
  ends.push(() => service.remove());
  await service.start();
  home.configure(
    `api: { base_url: '${service.url}' }\nresilience: { retry: { base_delay: 0.05 }, circuit_breaker: { failure_threshold: 2 } }\n`,
  );
  return service;
}

it('changes nothing where nothing is broken, and sees the event arrive', async () => {
  await home.write('export const one = 1;\n');
  const { exitCode, report } = await recover('--yes');
  expect([exitCode, report.ok, report.problems, report.done]).toEqual([0, true, [], []]);
  expect(report.proof.map(({ id, ok }) => [id, ok])).toEqual(
    ['hook', 'hook_run', 'spool', 'courier', 'database'].map((id) => [id, true]),
  );
});

it('asks, and does nothing if there is nobody to ask', async () => {
  await home.write('export const one = 1;\n');
  await home.backUp();
  await home.stop();
  rmSync(home.paths.database);
  const { exitCode, err } = await home.command('recover');
  expect([exitCode, err]).toEqual([2, expect.stringContaining('there is nobody to ask')]);
  const { out, exitCode: dry } = await home.command('recover --dry-run');
  expect([dry, out]).toEqual([
    1,
    expect.stringMatching(/^1 problem:\n✗ there is no .*\n {2}→ .* restore /),
  ]);
  expect(existsSync(home.paths.database)).toBe(false);
  expect((await home.command('recover flood --yes')).exitCode).toBe(2);
});

describe('the database', () => {
  it('is restored when it is gone', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    await home.backUp();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(home.paths.database + suffix, { force: true });
    const { exitCode, report } = await recover('--yes');
    expect([exitCode, report.done]).toEqual([
      0,
      [expect.objectContaining({ id: 'database', ok: true, said: 'Restored.' })],
    ]);
    expect(calls()).toBe(1);
  });

  it('is repaired when a page is damaged', async () => {
    for (let n = 0; n < 5; n++) await home.write(`export const value${n} = ${n};\n`);
    await home.stop();
    const page = Number(home.value(`SELECT rootpage FROM sqlite_master WHERE name = 'events'`));
    const bytes = readFileSync(home.paths.database);
    bytes.fill(0xaa, (page - 1) * 4096, page * 4096);
    writeFileSync(home.paths.database, bytes);
    const { exitCode, report } = await recover('corruption --yes');
    expect([exitCode, report.done]).toEqual([
      0,
      [expect.objectContaining({ command: 'pattern-tracker repair --yes', ok: true })],
    ]);
    expect((await home.command('verify')).exitCode).toBe(0);
  });

  it('is restored when it is cut so that nothing can be repaired', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    await home.backUp();
    truncateSync(home.paths.database, 0);
    const { exitCode, report } = await recover('--yes');
    expect([exitCode, report.ok]).toEqual([0, true]);
    expect(report.done.map(({ ok }) => ok)).toEqual([true]);
    expect(calls()).toBe(1);
  });

  it('is restored when it was emptied and Claude went on, and loses nothing that was captured since', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    await home.backUp();
    truncateSync(home.paths.database, 0);
    home.capture(secondCall());
    await until(() => home.courierState?.status === 'degraded', 'the courier waits for the file');
    expect((await home.command('check')).out).toContain('was cut to nothing');
    expect((await home.command('status')).exitCode).toBe(1);
    const { exitCode, report } = await recover('--yes');
    expect([exitCode, report.done.map(({ id, ok }) => [id, ok])]).toEqual([
      0,
      [['database', true]],
    ]);
    await until(() => calls() === 2, 'what was captured is recorded');
  });

  it('gets the newest backup under what was recorded since it was set aside', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    await home.backUp();
    const aside = `${home.paths.database}.corrupt-20261124T120000`;
    renameSync(home.paths.database, aside);
    truncateSync(aside, 0);
    const begun = openDatabase(home.paths.database);
    const reason = 'it was cut to nothing';
    noteMovedAside(begun, { path: aside, at: Date.now(), reason });
    begun.close();
    await setTimeout(1_000); // the name of a backup tells its second
    const later = await home.backUp();
    home.capture(secondCall());
    await until(() => calls() === 1, 'it is recorded');
    expect((await home.command('status')).out).toContain(aside);
    const { exitCode, report } = await recover('--yes');
    expect([exitCode, report.done]).toEqual([
      0,
      [
        expect.objectContaining({
          id: 'set_aside',
          ok: true,
          command: expect.stringContaining('pattern-tracker repair /') as string,
        }),
      ],
    ]);
    expect([calls(), report.done[0]?.command.includes(later)]).toEqual([2, false]);
    expect((await recover('--dry-run')).report.problems).toEqual([]);
  });

  it('is begun anew where nothing was recorded before', async () => {
    writeFileSync(home.paths.database, '');
    expect((await recover('--yes')).report).toMatchObject({ ok: true, problems: [] });
  });
});

describe('the rest', () => {
  it('restores a configuration that is broken or gone', async () => {
    home.configure('pattern_tracking: { timeout: 7 }\n');
    await home.command('config backup');
    home.configure('pattern_tracking: { timeout: seven }\n');
    const broken = await recover('--yes');
    expect([broken.exitCode, broken.report.done]).toEqual([
      0,
      [expect.objectContaining({ id: 'config', ok: true })],
    ]);
    rmSync(home.paths.configFile);
    expect((await recover('--yes')).exitCode).toBe(0);
    expect(readFileSync(home.paths.configFile, 'utf8')).toBe('pattern_tracking: { timeout: 7 }\n');
  });

  it('ends a courier that is suspended', async () => {
    await home.write('export const one = 1;\n');
    const pid = courier();
    process.kill(pid, 'SIGSTOP');
    const { exitCode, report } = await recover('--yes');
    expect([exitCode, report.done.map(({ command }) => command)]).toEqual([0, [`kill -9 ${pid}`]]);
    expect(isAlive(pid)).toBe(false);
  });

  it.skipIf(!canMount)('says that there is no room, before all that comes of it', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', home.paths.data]);
    try {
      const { exitCode, report } = await recover('--dry-run');
      expect([exitCode, report.problems[0]]).toMatchObject([
        1,
        { id: 'disk', found: expect.stringMatching(/^the disk is full: .* free$/) as string },
      ]);
    } finally {
      execFileSync('umount', [home.paths.data]);
    }
  });

  it('says what it cannot mend', async () => {
    const settings = join(home.folder, '.claude', 'settings.json');
    const hooks = JSON.parse(readFileSync(settings, 'utf8')) as object;
    writeFileSync(settings, JSON.stringify({ ...hooks, disableAllHooks: true }));
    const { exitCode, report } = await recover('--yes');
    expect([exitCode, report.ok, report.done]).toEqual([1, false, []]);
    expect(report.problems).toMatchObject([{ id: 'recording', remedy: null }]);
  });
});

describe('the way to the server', () => {
  it('is opened again, and what waited is sent', async () => {
    await serve();
    await home.command('breaker trip'); // there is no database yet
    await home.write('export const one = 1;\n');
    await until(() => home.value('SELECT count(*) FROM outbox') === 0, 'it is delivered');
    await home.command('breaker trip');
    await home.write('export const two = 2;\n');
    const { exitCode, report } = await recover('partition --yes');
    expect(exitCode).toBe(0);
    expect(report.done.map(({ id, ok }) => [id, ok])).toEqual([
      ['breaker', true],
      ['outbox', true],
    ]);
    expect(report.proof.at(-1)).toMatchObject({
      id: 'delivery',
      ok: true,
      found: expect.stringContaining('acknowledged by the server') as string,
    });
    expect(home.value('SELECT count(*) FROM outbox')).toBe(0);
  });

  it('is not open while the server is down, and nothing is lost', async () => {
    const service = await serve();
    await home.write('export const one = 1;\n');
    await service.stop('SIGKILL');
    const down = await recover('partition --yes --timeout 2');
    expect([down.exitCode, down.report.done]).toEqual([1, []]);
    expect(down.report.problems).toMatchObject([
      {
        id: 'server',
        remedy: null,
        hint: expect.stringContaining('pattern-tracker serve') as string,
      },
    ]);
    expect(down.report.proof.at(-1)).toMatchObject({ id: 'delivery', ok: false });
    await service.start();
    const up = await recover('partition --yes');
    expect([up.exitCode, up.report.proof.at(-1)?.ok]).toEqual([0, true]);
    expect(home.value('SELECT count(*) FROM outbox')).toBe(0);
  });
});

describe('a service that was started from here', () => {
  /** `pattern-tracker serve` on the home's own database, as a person starts it. */
  async function serveHere(): Promise<{ readonly pid: number; readonly port: string }> {
    await home.write('export const zero = 0;\n');
    const child = spawn(process.execPath, [resolve('dist/cli.cjs'), 'serve', '--port', '0'], {
      env: home.env,
      cwd: home.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    ends.push(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    await until(() => said.includes('http://'), 'the service serves');
    const [, port = ''] = /:(\d+)/.exec(said) ?? [];
    home.configure(
      `api: { base_url: 'http://127.0.0.1:${port}' }\npattern_tracking: { timeout: 2 }\n`,
    );
    return { pid: child.pid ?? 0, port };
  }

  /** Ends the one that `recover` has started. */
  const started = (port: string) => {
    const pid = servingPid(home.paths, Number(port));
    if (pid === undefined) throw new Error('no service was started'); // 0 would be this process and its group
    ends.push(() => process.kill(pid, 'SIGKILL'));
    return pid;
  };

  it('is started again when it was killed, and the log says so', async () => {
    const { pid, port } = await serveHere();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid), 'it is gone');
    const { exitCode, report } = await recover('partition --yes');
    expect(started(port)).not.toBe(pid);
    expect([exitCode, report.ok]).toEqual([0, true]);
    expect(report.done[0]).toMatchObject({
      id: 'server',
      ok: true,
      command: `pattern-tracker serve --port ${port} &`,
    });
    expect(report.proof.at(-1)).toMatchObject({ id: 'delivery', ok: true });
    expect(readFileSync(home.paths.logFile, 'utf8')).toContain('✅ [PatternTracker] Recovered');
  });

  it('is ended first when it hangs', async () => {
    const { pid, port } = await serveHere();
    process.kill(pid, 'SIGSTOP');
    const { exitCode, report } = await recover('partition --yes');
    started(port);
    expect([exitCode, isAlive(pid)]).toEqual([0, false]);
    expect(report.done[0]?.command).toBe(`kill ${pid}; pattern-tracker serve --port ${port} &`);
  });

  it('is started again, though it is well, when that is asked for', async () => {
    const { pid, port } = await serveHere();
    const { exitCode, report } = await recover('partition --restart --yes');
    started(port);
    expect([exitCode, isAlive(pid)]).toEqual([0, false]);
    expect(report.done.map(({ id, ok }) => [id, ok])).toEqual([['server', true]]);
  });

  it('is named, where the configuration names another port', async () => {
    const { port } = await serveHere();
    home.configure(`api: { base_url: 'http://127.0.0.1:9' }\n`);
    const { out } = await home.command('recover partition --dry-run');
    expect(out).toContain(`A service answers on port ${port}: correct api.base_url`);
  });

  it('is left to the one who has its password', async () => {
    const { pid, port } = await serveHere();
    const file = join(home.paths.served, `${port}.json`);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...kept, lacks: ['PATTERN_TRACKER_DATABASE'] }));
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid), 'it is gone');
    const { exitCode, report } = await recover('partition --yes --timeout 2');
    expect([exitCode, report.done]).toEqual([1, []]);
    expect(report.problems[0]?.hint).toContain('PATTERN_TRACKER_DATABASE was not kept');
    expect(readFileSync(home.paths.logFile, 'utf8')).toContain('❌ [PatternTracker] Not recovered');
  });

  it('is left to `supervise`, where that keeps it running', async () => {
    await home.write('export const zero = 0;\n');
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const words = ['supervise', '--', '--port', String(port)];
    const supervisor = spawn(process.execPath, [resolve('dist/cli.cjs'), ...words], {
      env: home.env,
      cwd: home.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ends.push(async () => {
      const exit = once(supervisor, 'exit');
      supervisor.kill('SIGTERM');
      await exit;
    });
    let said = '';
    supervisor.stdout.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    await until(() => said.includes('Serving at'), 'the service serves');
    await until(() => supervisingPid(home.paths, port) === supervisor.pid, 'that is known');
    home.configure(`api: { base_url: 'http://127.0.0.1:${port}' }\n`);
    const former = servingPid(home.paths, port) ?? 0;
    const left = `leave it to \`pattern-tracker supervise\`, pid ${supervisor.pid}`;
    const { exitCode, report } = await recover('partition --restart --yes');
    expect([exitCode, report.done]).toEqual([
      0,
      [
        expect.objectContaining({
          id: 'server',
          ok: true,
          command: `kill -9 ${former}, and ${left}`,
        }),
      ],
    ]);
    expect(isAlive(former)).toBe(false);
    supervisor.kill('SIGSTOP'); // so that it does not start the service before `recover` has looked
    process.kill(servingPid(home.paths, port) ?? NaN, 'SIGKILL');
    await until(() => servingPid(home.paths, port) === undefined, 'it is gone');
    const { out } = await home.command('recover partition --dry-run');
    supervisor.kill('SIGCONT');
    expect(out).toContain(`→ ${left}\n`);
    expect(existsSync(join(home.paths.logs, 'serve.log'))).toBe(false); // no second one was started
  });

  it('is left to systemd where that runs it', async () => {
    const { pid } = await serveHere();
    const units = join(home.folder, '.config', 'systemd', 'user');
    mkdirSync(units, { recursive: true });
    copyFileSync(
      'deploy/systemd/user/pattern-tracker.service',
      join(units, 'pattern-tracker.service'),
    );
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid), 'it is gone');
    const { out } = await home.command('recover partition --dry-run');
    expect(out).toContain('→ systemctl --user restart pattern-tracker\n');
  });
});

it('tells those who are told of alerts how it ended', async () => {
  const taken: AlertMessage[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      taken.push(JSON.parse(body) as AlertMessage);
      response.end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  ends.push(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  const { port } = receiver.address() as AddressInfo;
  home.configure(`alerts: { level: critical, webhook: { url: 'http://127.0.0.1:${port}' } }\n`);
  await home.write('export const one = 1;\n');
  process.kill(courier(), 'SIGSTOP');
  expect((await recover('--yes')).exitCode).toBe(0);
  await until(() => taken.length > 0, 'the message has come');
  expect(taken).toEqual([
    expect.objectContaining({
      rule: 'recovery',
      state: 'resolved',
      title: 'Recovered',
      detail: expect.stringMatching(
        /^`recover failure` found 1 problem: the courier is stalled: .*An event has arrived since$/,
      ) as string,
    }),
  ]);
  expect((await recover('--yes')).exitCode).toBe(0); // nothing was broken: nothing to tell
  expect(taken).toHaveLength(1);
});

it('works where only the backup is left', async () => {
  await home.write('export const one = 1;\n');
  await home.stop();
  const backup = join(home.folder, 'left.db');
  renameSync(await home.backUp(), backup);
  const machine = join(home.folder, 'machine');
  const paths = trackerPaths(join(machine, '.claude', 'hooks', 'pattern-tracker'));
  ends.push(() => endProcessesNaming(paths.home));
  const { exitCode, report } = await recover(`--backup ${backup} --yes`, { HOME: machine });
  expect(report.done.map(({ id, ok, said }) => [id, ok, ok ? '' : said])).toEqual([
    ['program', true, ''],
    ['database', true, ''],
  ]);
  expect([exitCode, report.ok]).toEqual([0, true]);
  const database = openDatabaseForReading(paths.database);
  const restored = database
    ?.prepare(`SELECT count(*) FROM tool_calls WHERE session_id = 'session-1'`)
    .pluck()
    .get();
  database?.close();
  expect(restored).toBe(1);
  for (const file of ['hooks/capture.sh', 'dist/courier.cjs', 'dist/spool-thread.cjs']) {
    rmSync(join(paths.home, file));
    const again = await recover('--yes', { HOME: machine });
    expect(again.report.done.map(({ command }) => command)).toEqual([
      'pattern-tracker install --no-test',
    ]);
    expect([again.exitCode, existsSync(join(paths.home, file))]).toEqual([0, true]);
  }
  await endProcessesNaming(paths.home);
});
