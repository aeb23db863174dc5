// What every capture front has to do for Claude Code and the courier; each front runs this suite.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
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
import { rm } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALLOCATION } from '../../lib/capture/courier-start.ts';
import { hintText, UNSEEN_HINT, writeHint } from '../../lib/capture/courier-hint.ts';
import { trackerPaths } from '../../lib/base/paths.ts';
import { triedProject } from '../../lib/capture/attempt.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';

/** A capture front under test. */
export interface CaptureFront {
  readonly title: string;
  /** The command line that Claude Code would run for an ordinary event. */
  readonly command: readonly [string, ...string[]];
  /** The command line for SessionStart and SessionEnd. */
  readonly ensureCommand: readonly [string, ...string[]];
}

/** How a front ended, and what it printed on stdout and stderr. */
export interface Captured {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** One run of a front. `input` is its stdin. @default empty */
export interface CaptureCall {
  readonly command: readonly [string, ...string[]];
  readonly env: Record<string, string>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
}

/** Runs a front as Claude Code does: writes JSON to its stdin and waits until its output ends. */
export async function capture({ command, env, input = '', cwd }: CaptureCall): Promise<Captured> {
  const [program, ...args] = command;
  const child = spawn(program, args, { env, cwd, stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  child.stdin.on('error', () => {}); // a front may exit before it has read everything
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

const EVENT = readFileSync('test/fixtures/payloads/post-tool-use.edit.json');
const QUIET = { code: 0, signal: null, output: '' };
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** Takes all blocks of a small disk, or else all inodes. */
function fill(folder: string): void {
  const ballast = (n: number) => join(folder, `ballast-${n}`);
  try {
    for (let n = 0; ; n += 1) writeFileSync(ballast(n), Buffer.alloc(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

/** A courier that writes down how it was started, then stays alive for 10 s. */
const FAKE_COURIER = `
const fs = require('node:fs');
const home = process.argv[process.argv.indexOf('--home') + 1];
const note = home + '/started-' + process.pid;
const fds = fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd').map((fd) => {
  try { return fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; }
}) : [];
fs.writeFileSync(note + '.tmp', JSON.stringify({ pid: process.pid, args: process.argv.slice(2), env: Object.keys(process.env), cwd: process.cwd(), fds }));
fs.renameSync(note + '.tmp', note);
setTimeout(() => {}, 10000);
`;

/** Tests what every capture front has to do. */
export function captureContract({ title, command, ensureCommand }: CaptureFront): void {
  describe(`capture by ${title}`, () => {
    let folder: string;
    let paths: TrackerPaths;
    let env: Record<string, string>;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'capture-'));
      const claude = join(folder, 'Claude of "it"');
      paths = trackerPaths(join(claude, 'hooks', 'pattern-tracker'));
      mkdirSync(paths.data, { recursive: true });
      writeHint(paths.courierHint, hintText(process.pid)); // this very process is "the courier"
      env = { HOME: folder, PATH: '/usr/bin:/bin', CLAUDE_CONFIG_DIR: claude };
    });

    afterEach(async () => {
      for (const { pid } of started()) tryKill(pid);
      // A front may have left a process that writes; unlike rmSync, this looks again for what has come meanwhile.
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    });

    const waiting = () => (existsSync(paths.spoolNew) ? readdirSync(paths.spoolNew) : []);
    const halfWritten = () => (existsSync(paths.spoolTmp) ? readdirSync(paths.spoolTmp) : []);
    const drops = () => (existsSync(paths.drops) ? readFileSync(paths.drops, 'utf8').trim() : '');
    const onlyFile = () => {
      const [name, ...others] = waiting();
      expect(others).toEqual([]);
      return join(paths.spoolNew, name ?? 'nothing was written');
    };

    interface Started {
      readonly pid: number;
      readonly args: string[];
      readonly env: string[];
      readonly fds: string[];
    }
    const started = (): Started[] =>
      (existsSync(paths.data) ? readdirSync(paths.home) : [])
        .filter((name) => /^started-\d+$/.test(name))
        .map((name) => JSON.parse(readFileSync(join(paths.home, name), 'utf8')) as Started);
    const firstStarted = () => expect.poll(() => started()[0]).toBeDefined();
    const installFakeCourier = () => {
      mkdirSync(join(paths.home, 'dist'));
      writeFileSync(join(paths.home, 'dist', 'courier.cjs'), FAKE_COURIER);
      writeFileSync(join(paths.home, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
      chmodSync(join(paths.home, 'node'), 0o755);
    };

    it.each<[string, string | Buffer]>([
      ['an event', EVENT],
      ['an event without its newline', EVENT.subarray(0, -1)],
      ['nothing', ''],
      ['half a JSON', '{"session_id":"1","tool_'],
      ['bytes that are no text', Buffer.from([0, 255, 254, 10, 0, 13, 195, 40])],
      ['backslashes and percent signs', '{"a":"\\\\n %s %d \\0 $HOME `id`"}'],
      ['2 MiB', Buffer.alloc(2 * 1024 * 1024, 'x')],
      ['32 MiB', Buffer.alloc(32 * 1024 * 1024, 'y')],
    ])('makes %s durable, byte for byte, and is quiet', async (_, input) => {
      expect(await capture({ command, env, input })).toEqual(QUIET);
      expect(readFileSync(onlyFile()).equals(Buffer.from(input))).toBe(true);
      expect(halfWritten()).toEqual([]);
      expect(drops()).toBe('');
    });

    it('keeps what it writes to the user alone', async () => {
      await capture({ command, env, input: EVENT });
      expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
      for (const made of [paths.spool, paths.spoolNew, paths.spoolTmp]) {
        expect(statSync(made).mode & 0o777).toBe(0o700);
      }
    });

    it('writes nothing but the event: no variable of the environment gets into the spool', async () => {
      await capture({
        command,
        env: { ...env, ANTHROPIC_API_KEY: 'sk-very-secret' },
        input: EVENT,
      });
      const files = readdirSync(paths.data, { recursive: true, withFileTypes: true });
      const texts = files
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
      expect(texts.length).toBeGreaterThan(1);
      expect(texts.filter((text) => text.includes('sk-very-secret'))).toEqual([]);
    });

    const tried = () =>
      Object.fromEntries(
        (existsSync(paths.tried) ? readdirSync(paths.tried) : []).map((name) => [
          triedProject(name) ?? null,
          readFileSync(join(paths.tried, name), 'utf8'),
        ]),
      );

    it('records nothing when it is switched off, and counts that for the project', async () => {
      const off = { ...env, PATTERN_TRACKER_DISABLED: '1', CLAUDE_PROJECT_DIR: '/a/100% of it' };
      expect(await capture({ command, env: off, input: EVENT })).toEqual(QUIET);
      expect(await capture({ command, env: off, input: EVENT })).toEqual(QUIET);
      expect(waiting()).toEqual([]);
      expect(drops()).toBe('');
      expect(tried()).toEqual({ '/a/100% of it': 'dd' });
    });

    it('counts it even before anything was recorded', async () => {
      rmSync(paths.home, { recursive: true });
      const off = { ...env, PATTERN_TRACKER_DISABLED: '1', CLAUDE_PROJECT_DIR: '/p' };
      expect(await capture({ command, env: off, input: EVENT })).toEqual(QUIET);
      expect(tried()).toEqual({ '/p': 'd' });
    });

    it('gives its data no other home that a variable names, and counts the attempt', async () => {
      const elsewhere = join(folder, 'project', '.cache', 'tracker');
      const project = { PATTERN_TRACKER_HOME: elsewhere, CLAUDE_PROJECT_DIR: '/a/project' };
      for (const plugin of [{}, { CLAUDE_PLUGIN_ROOT: resolve('.') }]) {
        const redirected = { ...env, ...project, ...plugin };
        expect(await capture({ command, env: redirected, input: EVENT })).toEqual(QUIET);
      }
      expect(waiting()).toHaveLength(2);
      expect(existsSync(elsewhere)).toBe(false);
      expect(tried()).toEqual({ '/a/project': 'hh' });
    });

    it('does not count a variable that names the home in use', async () => {
      const same = { ...env, PATTERN_TRACKER_HOME: `${paths.home}/` };
      expect(await capture({ command, env: same, input: EVENT })).toEqual(QUIET);
      expect(tried()).toEqual({});
    });

    it.each([
      ['very long', `/${'deep/'.repeat(60)}`],
      ['longer than any name', `/${'x'.repeat(200_000 / 4)}`],
      ['of dots', '..'],
    ])('counts also for a project whose path is %s', async (_, path) => {
      const off = { ...env, PATTERN_TRACKER_DISABLED: '1', CLAUDE_PROJECT_DIR: path };
      expect(await capture({ command, env: off, input: EVENT })).toEqual(QUIET);
      expect(tried()).toEqual({ null: 'd' });
    });

    it('runs nothing that the variables of a project name', async () => {
      rmSync(paths.courierHint);
      const project = join(folder, 'project');
      const evil = (name: string, text: string) => {
        const file = join(project, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text, { mode: 0o755 });
        return file;
      };
      const ran = join(folder, 'ran');
      const shell = `#!/bin/sh\necho "$0" >> '${ran}'\n`;
      const home = join(project, 'tracker');
      const names = [
        'cat',
        'date',
        'env',
        'kill',
        'mkdir',
        'node',
        'npm',
        'printf',
        'read',
        'rm',
        'sed',
        'sh',
        'tr',
      ];
      for (const name of names) evil(`bin/${name}`, shell);
      evil('tracker/node', shell);
      evil('tracker/dist/courier.cjs', `require('fs').appendFileSync('${ran}', 'courier');`);
      const script = evil('evil.sh', shell);
      const functions = names.map((name) => [
        `BASH_FUNC_${name}%%`,
        `() { ${shell.split('\n')[1]}; }`,
      ]);
      const hostile = {
        ...env,
        ...Object.fromEntries(functions),
        PATH: `${join(project, 'bin')}:/usr/bin:/bin`,
        BASH_ENV: script,
        ENV: script,
        CDPATH: project,
        IFS: '/',
        PATTERN_TRACKER_HOME: home,
      };
      installFakeCourier();
      expect(
        await capture({ command: ensureCommand, env: hostile, input: EVENT, cwd: project }),
      ).toEqual(QUIET);
      await firstStarted();
      expect(waiting()).toHaveLength(1);
      expect(existsSync(ran) ? readFileSync(ran, 'utf8') : '').toBe('');
    });

    it('hands a courier only variables that no project sets', async () => {
      installFakeCourier();
      const project = {
        NODE_OPTIONS: '',
        NODE_PATH: '/p',
        NODE_EXTRA_CA_CERTS: '',
        NODE_COMPILE_CACHE: '',
        OPENSSL_CONF: '',
        LD_PRELOAD: '',
        HTTPS_PROXY: 'http://127.0.0.1:9',
        TMP: '/p',
        TZ: ':/p',
        LANG: 'C',
        LC_ALL: 'C',
        PATTERN_TRACKER_LOG_LEVEL: 'debug',
        INTELLIGENCE_SERVICE_URL: 'http://127.0.0.1:9',
      };
      const users = { TMPDIR: folder };
      const all = { ...env, ...users, ...project };
      expect(await capture({ command: ensureCommand, env: all, input: EVENT })).toEqual(QUIET);
      await firstStarted();
      const given = started()[0]?.env.filter(
        (name) => !['PATH', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name),
      );
      const own = Object.keys(ALLOCATION);
      expect(given?.toSorted()).toEqual(['CLAUDE_CONFIG_DIR', 'HOME', ...own, 'TMPDIR']);
    });

    // bash reads the locale before its first command, so that there the script comes too late.
    it.skipIf(title.includes('bash'))('waits for no file that a variable names', async () => {
      installFakeCourier();
      const fifo = join(folder, 'p', 'LC_CTYPE');
      mkdirSync(dirname(fifo));
      execFileSync('mkfifo', [fifo, join(folder, 'p', 'LC_IDENTIFICATION')]);
      const project = { TZ: `:${fifo}`, TZDIR: folder, LOCPATH: folder, LC_ALL: 'p' };
      const all = { ...env, ...project };
      expect(await capture({ command: ensureCommand, env: all, input: EVENT })).toEqual(QUIET);
      expect(readFileSync(onlyFile()).equals(EVENT)).toBe(true);
      await firstStarted();
    });

    it('notes which way it was registered', async () => {
      await capture({ command, env: { ...env, CLAUDE_PLUGIN_ROOT: '/p' }, input: EVENT });
      expect(onlyFile()).toMatch(/\.plugin$/);
    });

    it("starts the plugin's own courier in the plugin, not one that lies beside the data", async () => {
      rmSync(paths.courierHint);
      installFakeCourier();
      const asPlugin = { ...env, CLAUDE_PLUGIN_ROOT: resolve('.') };
      expect(await capture({ command, env: asPlugin, input: EVENT })).toEqual(QUIET);
      // The checkout's own courier ingests the event, and leaves when asked to.
      await expect.poll(waiting).toEqual([]);
      expect(started()).toEqual([]);
      tryKill(Number(readFileSync(paths.courierPid, 'utf8')));
    });

    it('gives 64 at once a file each', async () => {
      const all = await Promise.all(
        Array.from({ length: 64 }, (_, n) => capture({ command, env, input: `{"n":${n}}` })),
      );
      expect(new Set(all.map(({ code }) => code))).toEqual(new Set([0]));
      const contents = waiting().map((name) => readFileSync(join(paths.spoolNew, name), 'utf8'));
      expect(new Set(contents).size).toBe(64);
    });

    it.each<[string, string]>([
      ['stdin is closed', 'exec "$@" <&-'],
      ['stdout is closed', 'exec "$@" >&-'],
      ['stderr is closed', 'exec "$@" 2>&-'],
      ['all three are closed', 'exec "$@" <&- >&- 2>&-'],
      ['stdout is a full device', 'exec "$@" >/dev/full'],
    ])('is quiet and leaves with 0 when %s', async (_, script) => {
      const wrapped = ['/bin/sh', '-c', script, 'sh', ...command] as const;
      expect(await capture({ command: wrapped, env, input: EVENT })).toEqual(QUIET);
    });

    it('accounts for a call without stdin: an empty file for the quarantine, or a drop', async () => {
      await capture({ command: ['/bin/sh', '-c', 'exec "$@" <&-', 'sh', ...command], env });
      expect([waiting().length, drops()]).toEqual(waiting().length > 0 ? [1, ''] : [0, 'w']);
    });

    it.each<[string, Record<string, string | undefined>]>([
      ['HOME', { HOME: undefined, CLAUDE_CONFIG_DIR: undefined }],
      ['PATH', { PATH: undefined }],
      ['a PATH with anything in it', { PATH: '' }],
      ['any environment', { HOME: undefined, PATH: undefined, CLAUDE_CONFIG_DIR: undefined }],
    ])('is quiet and leaves with 0 without %s', async (_, change) => {
      const present = Object.entries({ ...env, ...change }).filter(
        ([, value]) => value !== undefined,
      );
      const changed = Object.fromEntries(present) as Record<string, string>;
      const before = readdirSync('/');
      expect(await capture({ command, env: changed, input: EVENT, cwd: folder })).toEqual(QUIET);
      expect(waiting()).toHaveLength(changed['CLAUDE_CONFIG_DIR'] ? 1 : 0);
      expect(readdirSync('/')).toEqual(before);
    });

    it('keeps to the data beside it once it is installed, whatever the environment says', async () => {
      const front = command.at(-1) ?? '';
      const installed = join(folder, 'installed');
      const copy = join(installed, relative(resolve('.'), front));
      mkdirSync(join(installed, 'data'), { recursive: true });
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(front, copy);
      writeHint(join(installed, 'data', 'courier.hint'), hintText(process.pid));
      const [program, ...args] = [...command.slice(0, -1), copy];
      const there = [program ?? copy, ...args] as const;
      const says = { ...env, PATTERN_TRACKER_HOME: paths.home, CLAUDE_PLUGIN_ROOT: '/p' };
      expect(await capture({ command: there, env: says, input: EVENT })).toEqual(QUIET);
      const [name, ...others] = readdirSync(join(installed, 'data', 'spool', 'new'));
      expect([name, others]).toEqual([expect.stringMatching(/\.settings$/), []]);
      expect(waiting()).toEqual([]);
    });

    it.each(['spool', 'spoolNew', 'spoolTmp'] as const)(
      'makes %s again when it is gone',
      async (gone) => {
        await capture({ command, env, input: EVENT });
        rmSync(paths[gone], { recursive: true });
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        expect(waiting()).toHaveLength(gone === 'spoolTmp' ? 2 : 1);
        expect(drops()).toBe('');
      },
    );

    it('is quiet and leaves with 0 when the spool cannot be there', async () => {
      writeFileSync(paths.spool, 'a file where the folder should be');
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
      expect(drops()).toBe('w');
    });

    it.skipIf(process.platform !== 'linux')(
      'is quiet and leaves with 0 when its home cannot be made',
      async () => {
        const nowhere = { ...env, CLAUDE_CONFIG_DIR: '/proc/nowhere' };
        expect(await capture({ command, env: nowhere, input: EVENT })).toEqual(QUIET);
      },
    );

    it('is quiet and leaves with 0 when nothing at all can be written', async () => {
      rmSync(paths.home, { recursive: true });
      writeFileSync(paths.home, 'a file where the folder should be');
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
    });

    it.each(['courierPid', 'courierHint', 'drops'] as const)(
      'does not wait for a FIFO in the place of %s',
      async (at) => {
        mkdirSync(paths.data, { recursive: true });
        writeHint(paths.courierHint, hintText(process.pid)); // so that it looks for no bound afterwards
        await capture({ command, env, input: EVENT });
        rmSync(paths[at], { force: true });
        execFileSync('mkfifo', [paths[at]]);
        writeFileSync(paths.spoolFull, ''); // so that it has a drop to count
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        rmSync(paths.spoolFull, { force: true }); // it may have found by itself that there is room
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        expect([waiting().length, drops()]).toEqual([2, 'f']);
      },
    );

    it('drops and counts while the spool is full', async () => {
      mkdirSync(paths.data, { recursive: true });
      writeHint(paths.courierHint, hintText(process.pid)); // so that it looks for no bound afterwards
      await capture({ command, env, input: EVENT });
      writeFileSync(paths.spoolFull, '');
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
      expect(waiting()).toHaveLength(1);
      expect(drops()).toBe('ff');
    });

    it.skipIf(!canMount)('drops and counts while the disk is full', async () => {
      mkdirSync(paths.data, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', paths.data]);
      try {
        writeHint(paths.courierHint, hintText(process.pid));
        await capture({ command, env, input: EVENT });
        expect(waiting()).toHaveLength(1);
        const big = Buffer.alloc(1024 * 1024, 'x');
        expect(await capture({ command, env, input: big })).toEqual(QUIET);
        expect(await capture({ command, env, input: big })).toEqual(QUIET);
        expect(waiting()).toHaveLength(1);
        expect(halfWritten()).toEqual([]);
        expect(drops()).toBe('ww');
      } finally {
        execFileSync('umount', [paths.data]);
      }
    });

    it.skipIf(!canMount).each([
      ['block', 'size=64k'],
      ['inode', 'size=1m,nr_inodes=8'],
    ])('counts every drop where not one %s is left for the count', async (_, size) => {
      mkdirSync(paths.data, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', paths.data]);
      try {
        for (const at of [paths.spoolTmp, paths.spoolNew, paths.spoolBad])
          mkdirSync(at, { recursive: true });
        fill(paths.data);
        for (let n = 0; n < 5; n += 1)
          expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        const marks = waiting();
        expect(marks.filter((name) => !name.endsWith('.w'))).toEqual([]);
        expect(marks.map((name) => statSync(join(paths.spoolNew, name)).size)).toEqual(
          marks.map(() => 0),
        );
        expect(marks.length + drops().length).toBe(5);
      } finally {
        execFileSync('umount', [paths.data]);
      }
    });

    it('drops nothing because the file of the count is not ours to write', async () => {
      mkdirSync(paths.drops, { recursive: true }); // which fails like a file of another user's
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
      expect(waiting()).toHaveLength(1);
    });

    it('starts no courier while one lives', async () => {
      installFakeCourier();
      await capture({ command, env, input: EVENT });
      expect(readFileSync(paths.courierHint, 'utf8')).toBe(hintText(process.pid));
    });

    it.each([
      ['there is no hint', undefined],
      ['the hint is empty', ''],
      ['the hint is no number', 'garbage\n'],
      ['the hint names a whole process group', '0\n'],
      ['the hint names every process', '-1\n'],
      ['the hint names a process that is gone', '2147483646\n'],
    ])('starts a courier when %s', async (_, hint) => {
      installFakeCourier();
      if (hint === undefined) rmSync(paths.courierHint);
      else writeFileSync(paths.courierHint, hint);
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
      await firstStarted();
      expect(started()[0]?.args).toContain(paths.home);
    });

    describe.skipIf(!existsSync('/proc/self/stat'))('judges a hint by more than an id, and', () => {
      const [, here = ''] = /^\d+ \d+\n(\S+)\n$/.exec(hintText(process.pid)) ?? [];

      it.each([
        ['has an id alone', () => `${process.pid}\n`, true],
        ['has the id of a stranger', () => `${process.pid} 1\n${here}\n`, true],
        [
          'names a process of before the machine was started',
          () => `${process.pid} 1\nboot:1\n`,
          false,
        ],
        ['names one that has just ended here', () => `2147483646 1\n${here}\n`, true],
        ['is no hint at all', () => 'garbage 1\n', true],
      ])('starts a courier when it %s', async (_, hint, isLasting) => {
        installFakeCourier();
        writeHint(paths.courierHint, hint());
        if (!isLasting) utimesSync(paths.courierHint, new Date(), new Date());
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        await firstStarted();
      });

      it.each([
        ['of another container', '4711 123456\n5d3b1f2e-0000-4000-8000-000000000000:9876\n'],
        ['of a machine without /proc', '4711 -\n:\n'],
        ['for one of which only the lock is known', UNSEEN_HINT],
      ])('believes one %s until it has run out', async (_, hint) => {
        installFakeCourier();
        writeHint(paths.courierHint, hint);
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        expect(readFileSync(paths.courierHint, 'utf8')).toBe(hint);
        writeFileSync(paths.spoolFull, ''); // where no file tells the time
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        expect(readFileSync(paths.courierHint, 'utf8')).toBe(hint);
        utimesSync(paths.courierHint, new Date(), new Date(Date.now() - 1_000));
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        await firstStarted();
        expect(readFileSync(paths.courierHint, 'utf8')).not.toBe(hint);
      });

      it('writes one for what it starts', async () => {
        installFakeCourier();
        rmSync(paths.courierHint);
        expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
        await firstStarted();
        const text = readFileSync(paths.courierHint, 'utf8');
        expect(text).toBe(hintText(Number.parseInt(text, 10)));
        expect(readFileSync(paths.courierPid, 'utf8')).toBe(`${Number.parseInt(text, 10)}\n`);
      });
    });

    it('starts a courier when the hint names a zombie', async () => {
      installFakeCourier();
      // The child ends once its parent has become `sleep`, which never waits for it.
      const script =
        'while [ "$(cat /proc/$$/comm)" != sleep ]; do :; done & echo $!; exec sleep 30';
      const parent = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
      const [zombie] = await once(parent.stdout, 'data');
      const stat = () => readFileSync(`/proc/${String(zombie).trim()}/stat`, 'latin1');
      await expect.poll(stat).toMatch(/\) Z /);
      const [, begun] = /\) Z (?:\S+ ){18}(\d+)/.exec(stat()) ?? [];
      const hint = hintText(process.pid).replace(/^\d+ \d+/, `${Number(zombie)} ${begun}`);
      writeHint(paths.courierHint, hint);
      expect(await capture({ command, env, input: EVENT })).toEqual(QUIET);
      await firstStarted();
      parent.kill('SIGKILL');
    });

    it('starts one at the ends of a session although the hint names a live process', async () => {
      installFakeCourier();
      expect(await capture({ command: ensureCommand, env, input: EVENT })).toEqual(QUIET);
      await firstStarted();
    });

    it('hands a courier no descriptor of its own, and is not waited for', async () => {
      installFakeCourier();
      rmSync(paths.courierHint);
      // This parent leaks descriptor 3 to every process after it.
      const leaky = ['/bin/sh', '-c', 'exec 3>"$HOME/leak"; exec "$@"', 'sh', ...command] as const;
      expect(await capture({ command: leaky, env, input: EVENT })).toEqual(QUIET);
      await firstStarted();
      const [courier] = started();
      // capture() has seen the end of stdout and stderr, and the courier is still there.
      expect(() => process.kill(courier?.pid ?? -1, 0)).not.toThrow();
      expect(courier?.fds.filter((fd) => /leak|socket:/.test(fd))).toEqual([]);
      const nulls = courier?.fds.filter((fd) => /^[012] \/dev\/null$/.test(fd));
      if (existsSync('/proc/self/fd')) expect(nulls).toHaveLength(3);
    });

    it('is quiet when there is no Node and no courier to start', async () => {
      rmSync(paths.courierHint);
      expect(await capture({ command, env: { ...env, PATH: '/nowhere' }, input: EVENT })).toEqual(
        QUIET,
      );
      expect(waiting()).toHaveLength(1);
    });
  });
}

// --- internal ---

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has exited by itself.
  }
}
