import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { put } from './fake-machine.ts';

/** Runs install.sh in a home of its own, with these programs in front of those of the system. */
function run(args: readonly string[], programs: Record<string, string> = {}) {
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
  });
  return { status, stdout, stderr, left: readdirSync(home).filter((name) => name !== 'bin') };
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
});
