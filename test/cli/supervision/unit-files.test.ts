import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installUnit } from '../../../lib/cli/supervision/install-unit.ts';
import { launchdAgent, systemdUnit } from '../../../lib/cli/supervision/unit-files.ts';
import { hasCommand } from '../../deploy/deploy-files.ts';
import { Sample } from '../sample-database.ts';
import { run, testEnvironment } from '../test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const ODD = ['/opt/a b/node', '/opt/100%/$HOME/"x"\\cli.mjs', 'serve', '--allowed-host', 'a,b'];

describe('the unit of systemd', () => {
  it('has each word as systemd reads it', () => {
    const { text } = systemdUnit({ command: ODD, userHome: '/home/ada' });
    expect(/^ExecStart=(.*)$/m.exec(text)?.[1]).toBe(
      String.raw`"/opt/a b/node" "/opt/100%%/$$HOME/\"x\"\\cli.mjs" serve --allowed-host a,b`,
    );
  });

  it.skipIf(!hasCommand('systemd-analyze'))(
    'passes systemd-analyze verify, where there is one',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'unit-'));
      const program = join(folder, 'a b', 'node');
      mkdirSync(join(folder, 'a b'));
      writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
      const { text } = systemdUnit({ command: [program, 'serve'], userHome: folder });
      const file = join(folder, 'pattern-tracker.service');
      const verify = (unit: string) => {
        writeFileSync(file, unit);
        const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', file], {
          encoding: 'utf8',
          env: { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_RUNTIME_DIR: folder },
        });
        return { status, said: stderr };
      };
      expect(verify(text)).toEqual({ status: 0, said: '' });
      expect(verify(text.replace('ExecStart=', 'ExecStrt=')).said).not.toBe('');
      rmSync(folder, { recursive: true });
    },
  );
});

it('the agent of launchd is XML, whatever the words are', () => {
  const { text, path } = launchdAgent({
    command: ['/a&b/<node>', 'serve'],
    userHome: '/Users/ada',
  });
  expect(path).toBe('/Users/ada/Library/LaunchAgents/io.github.claude-pattern-tracker.serve.plist');
  expect(text).toContain('<string>/a&amp;b/&lt;node&gt;</string>');
});

describe('serve --install-unit', () => {
  it('writes a unit with the options that were given, and says what to run', async () => {
    const argv = 'serve --install-unit --port 8054 --tls-cert cert.pem --tls-key key.pem --log';
    const { exitCode, out } = await run(sample, argv);
    expect(exitCode).toBe(0);
    expect(out).toContain('systemctl --user enable --now pattern-tracker');
    const file = join(sample.folder, '.config/systemd/user/pattern-tracker.service');
    const command = /^ExecStart=(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    expect(command).toContain(` --home ${sample.paths.home} serve `);
    expect(command).toContain(' --port 8054 ');
    expect(command).toContain(' --log');
    expect(command).toMatch(/ --tls-cert \/\S+\/cert\.pem /);
    expect(command).not.toContain('install-unit');
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect((await run(sample, argv)).exitCode).toBe(0); // its own file is replaced
  });

  it('replaces no file of somebody else', async () => {
    const { cli } = testEnvironment(sample);
    const { path } = installUnit(cli, [], 'linux');
    writeFileSync(path, '[Unit]\n');
    const { exitCode, err } = await run(sample, 'serve --install-unit');
    expect([exitCode, err]).toEqual([
      1,
      expect.stringContaining('was not written by this program'),
    ]);
    expect(readFileSync(path, 'utf8')).toBe('[Unit]\n');
  });

  it('writes no password into a unit', async () => {
    const env = { HOME: sample.folder, PATTERN_TRACKER_DATABASE: 'postgres://u:s3cret@db/x' };
    const { exitCode, err } = await run(sample, 'serve --install-unit', { env });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('does not inherit it')]);
  });
});
