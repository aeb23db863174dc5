import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import { hookCommand } from '../../lib/install/hook-command.ts';
import { isOwnHook } from '../../lib/install/settings/own-hook.ts';

const [EVENT] = HOOK_EVENTS;

describe('the command of the Node front', () => {
  let home: string;
  beforeEach(() => {
    home = join(mkdtempSync(join(tmpdir(), 'hook-command-')), "it's home");
    mkdirSync(join(home, 'dist', 'hooks'), { recursive: true });
    symlinkSync(process.execPath, join(home, 'node'));
    writeFileSync(
      join(home, 'dist', 'hooks', `${EVENT?.bundle}.cjs`),
      `process.stdout.write('ran');`,
    );
    writeFileSync(
      join(home, 'evil.cjs'),
      `require('fs').writeFileSync(${JSON.stringify(join(home, 'ran'))}, '');`,
    );
  });
  afterEach(() => rmSync(join(home, '..'), { recursive: true }));

  const hook = (platform: NodeJS.Platform = 'linux') => {
    if (!EVENT) throw new Error('there is no event');
    return hookCommand(EVENT, { capture: 'node', home, node: join(home, 'node'), platform });
  };

  it.each([
    ['NODE_OPTIONS', '--require /nonexistent/bootloader.js'],
    ['NODE_OPTIONS', '--require=./evil.cjs'],
    ['NODE_DEBUG', 'module'],
    ['NODE_CHANNEL_FD', 'x'],
    ['NODE_V8_COVERAGE', '/dev/null/x'],
    ['NODE_EXTRA_CA_CERTS', '/nonexistent'],
    ['OPENSSL_CONF', './evil.cjs'],
  ])('runs the front alone where %s is %s', (name, value) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', hook().command], {
      env: { [name]: value },
      cwd: home,
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([0, 'ran', '']);
    expect(existsSync(join(home, 'ran'))).toBe(false);
  });

  it('is known as our own, on every system', () => {
    for (const platform of ['linux', 'darwin'] as const) {
      expect(isOwnHook(hook(platform), { homes: [home], userHome: '/h' })).toBe(true);
    }
    expect(hook('win32').command).not.toContain('NODE_OPTIONS');
  });
});
