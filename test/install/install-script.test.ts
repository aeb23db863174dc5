import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { put } from './fake-machine.ts';

/** Runs install.sh in a home of its own, with these programs in front of those of the system. */
function run(args: readonly string[], programs: Record<string, string> = {}, cwd = '.') {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'install-sh-')));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, script] of Object.entries(programs)) {
    put(join(home, 'bin', name), script);
    spawnSync('chmod', ['+x', join(home, 'bin', name)]);
  }
  const path = [join(home, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'];
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['./install.sh', ...args], {
    env: { HOME: home, PATH: path.join(delimiter), TMPDIR: home },
    encoding: 'utf8',
    cwd,
  });
  return { status, stdout, stderr, left: readdirSync(home).filter((name) => name !== 'bin') };
}

/** A checkout that is built, and whose sources have this age in seconds. */
function builtCheckout(age: number): string {
  const checkout = realpathSync(mkdtempSync(join(tmpdir(), 'checkout-')));
  onTestFinished(() => rmSync(checkout, { recursive: true, force: true }));
  for (const name of ['install.sh', 'dist', 'hooks', 'package.json']) {
    cpSync(name, join(checkout, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'));
  mkdirSync(join(checkout, 'scripts', 'build'), { recursive: true });
  put(join(checkout, 'lib', 'index.ts'), '');
  for (const name of [
    'scripts/build.ts',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.types.json',
  ]) {
    put(join(checkout, name), '');
  }
  const at = Date.now() / 1000 - age;
  for (const name of readdirSync(checkout, { recursive: true, encoding: 'utf8' })) {
    if (!/^(?:dist|node_modules)/.test(name)) utimesSync(join(checkout, name), at, at);
  }
  utimesSync(join(checkout, 'dist', 'cli.mjs'), at + 60, at + 60);
  return checkout;
}

describe('install.sh', () => {
  it('prints its options', () => {
    expect(run(['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--uninstall') as string,
      left: [],
    });
  });

  it.each([
    [['--scop', 'user'], 'unknown option --scop'],
    [['user'], 'unknown option user'],
    [['--scope'], '--scope needs a value'],
    [['--scope', 'nonsense'], "--scope must be user, project or local, not 'nonsense'"],
    [['--capture=perl'], "--capture must be sh or node, not 'perl'"],
    [['--purge'], '--purge needs --uninstall'],
    [['--yes', '--uninstall'], '--yes is for installing'],
  ])('refuses %j before it does anything', (args, message) => {
    const { status, stderr, left } = run(args);
    expect(stderr).toContain(message);
    expect({ status, left }).toEqual({ status: 2, left: [] });
  });

  it.each(['18.20.1', '20.18.3', '9.0.0'])('refuses Node.js %s', (version) => {
    const { status, stderr, left } = run([], { node: `#!/bin/sh\necho ${version}\n` });
    expect(stderr).toMatch(/Node\.js [\d.]+ \(.*\/bin\/node\) is too old/);
    expect({ status, left }).toEqual({ status: 1, left: [] });
  });

  it('builds nothing and needs no npm where nothing has changed since the last build', () => {
    const npm = '#!/bin/sh\necho npm was run >&2; exit 1\n';
    const { status, stdout, stderr } = run(['--dry-run'], { npm }, builtCheckout(3600));
    expect(stdout).toContain('Nothing was changed. An installation would');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('builds again after a change, and names the step and its log', () => {
    const checkout = builtCheckout(3600);
    put(join(checkout, 'lib', 'new.ts'), '');
    const { status, stderr } = run(
      ['--dry-run'],
      { npm: '#!/bin/sh\necho "== building"; sleep 2; echo it broke; exit 1\n' },
      checkout,
    );
    expect(stderr).toMatch(
      /^building; log: .*pattern-tracker-install\.\w+\n== building\nit broke\ninstall\.sh: `npm run build` failed; its output is in .*\n$/,
    );
    expect(status).toBe(1);
  });

  it('shows the error of a step instead of the end of its log', () => {
    const checkout = builtCheckout(3600);
    rmSync(join(checkout, 'dist'), { recursive: true });
    const error = 'error: could not download the packages: ECONNREFUSED\n  Then try again.\n';
    const npm = `#!/bin/sh\necho "npm error code ECONNREFUSED"; printf '%s' '${error}' >&2; exit 1\n`;
    const { status, stderr } = run([], { npm }, checkout);
    expect({ status, stderr }).toEqual({ status: 1, stderr: error });
  });
});
