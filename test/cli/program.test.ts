import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillSample, Sample } from './sample-database.ts';

const PROGRAM = join(process.cwd(), 'dist', 'cli.mjs');

const sample = new Sample();
beforeAll(() => {
  fillSample(sample);
  sample.database.transaction(() => {
    for (let index = 0; index < 20_000; index++) {
      sample.pattern(`e${String(index).padStart(15, '0')}`, 'const code = 1;', { lines: 3 });
    }
  })();
});
afterAll(() => sample.remove());

function start(args: readonly string[], env: Record<string, string> = { HOME: sample.folder }) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, cwd: sample.folder });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  return { child, text, ended: once(child, 'close') };
}

async function program(args: readonly string[], env?: Record<string, string>) {
  const { text, ended } = start(args, env);
  const [exitCode] = (await ended) as [number | null];
  return { exitCode, ...text };
}

describe('the built program', () => {
  it('runs commands and hands their exit code on', async () => {
    expect(await program(['patterns', '--json', '--limit', '1'])).toMatchObject({
      exitCode: 0,
      err: '',
    });
    expect(await program(['show', 'abcdef'])).toMatchObject({ exitCode: 1, out: '' });
    expect(await program(['nonsense'])).toMatchObject({ exitCode: 2, out: '' });
  });

  it('needs no HOME for --help and --version, and says so for the rest', async () => {
    expect(await program(['--help'], {})).toMatchObject({ exitCode: 0, err: '' });
    expect((await program(['--version'], {})).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { exitCode, err } = await program(['status'], {});
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error: neither PATTERN_TRACKER_HOME, .*\n {2}Set HOME/);
  });

  it('takes its home from --home, and inside Claude Code from no variable', async () => {
    const inside = { HOME: sample.folder, CLAUDECODE: '1', PATTERN_TRACKER_HOME: '/nowhere' };
    const hostile = await program(['status', '--json'], inside);
    expect(hostile.err).toMatch(/^note: PATTERN_TRACKER_HOME does not count inside Claude Code/);
    expect(JSON.parse(hostile.out)).toMatchObject({ database: { path: sample.paths.database } });
    for (const home of [['--home', '/nowhere'], ['--home=/nowhere']]) {
      const named = await program([...home, 'status', '--json'], inside);
      expect(named.err).toBe('');
      expect(JSON.parse(named.out)).toMatchObject({
        database: { path: '/nowhere/data/tracker.db' },
      });
    }
  });

  it('ends silently with 0 when its reader has seen enough', async () => {
    const { child, text, ended } = start(['patterns', '--limit', '0']);
    child.stdout.destroy();
    expect(await ended).toEqual([0, null]);
    expect(text.err).toBe('');
  });

  it.skipIf(!existsSync('/dev/full')).each([['--help'], ['patterns', '--json'], ['status']])(
    'says in one line that the disk takes nothing of %s',
    (...args) => {
      const full = openSync('/dev/full', 'w');
      try {
        const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
          env: { HOME: sample.folder },
          stdio: ['ignore', full, 'pipe'],
          encoding: 'utf8',
        });
        expect(status).toBe(1);
        expect(stderr).toMatch(/^error: E_OUTPUT: cannot write to standard output: ENOSPC.*\n$/);
      } finally {
        closeSync(full);
      }
    },
  );

  it.skipIf(!existsSync('/dev/full'))('keeps its exit code where its errors go nowhere', () => {
    const full = openSync('/dev/full', 'w');
    const { status } = spawnSync(process.execPath, [PROGRAM, 'nonsense'], {
      env: { HOME: sample.folder },
      stdio: ['ignore', 'ignore', full],
    });
    closeSync(full);
    expect(status).toBe(2);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends tail with 0 on %s', async (signal) => {
    sample.event(`for-${signal}`, 'session-1', 'SessionStart');
    const { child, text, ended } = start(['tail', '--since', '2026-01-01']);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(text.err).toBe('');
  });

  it('paints only where it is asked to', async () => {
    expect((await program(['patterns', '--limit', '1'])).out).not.toContain('\u001b');
    const painted = { HOME: sample.folder, FORCE_COLOR: '1' };
    expect((await program(['patterns', '--limit', '1'], painted)).out).toContain('\u001b[33m');
  });

  it('finds the home it is installed in, also through a link', async () => {
    const installed = new Sample();
    try {
      const { home, data } = installed.paths;
      mkdirSync(data, { recursive: true });
      cpSync('dist', join(home, 'dist'), { recursive: true });
      symlinkSync(join(process.cwd(), 'node_modules'), join(home, 'node_modules'));
      const link = join(installed.folder, 'pattern-tracker');
      symlinkSync(join(home, 'dist', 'cli.mjs'), link);
      const child = spawn(process.execPath, [link, 'status', '--json'], {
        env: { HOME: '/nowhere' },
      });
      let out = '';
      child.stdout.on('data', (chunk) => (out += String(chunk)));
      await once(child, 'close');
      const { path } = (JSON.parse(out) as { database: { path: string } }).database;
      expect(path).toBe(join(realpathSync(data), 'tracker.db'));
    } finally {
      installed.remove();
    }
  });
});
