import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqlitePackage } from '../../../lib/base/sqlite-package.ts';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { walk } from '../../../lib/install/program/file-walk.ts';
import { pluginHooks } from '../../../lib/install/plugin/plugin-hooks.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const json = (file: string) => JSON.parse(read(file)) as Record<string, unknown>;

describe('plugin/, as it is committed', () => {
  it('is what the marketplace names', () => {
    expect(json('.claude-plugin/marketplace.json')).toMatchObject({
      plugins: [{ name: 'pattern-tracker', source: './plugin' }],
    });
  });

  it('has the version of the package', () => {
    const { version } = json('package.json');
    expect(json('plugin/.claude-plugin/plugin.json')).toMatchObject({ version });
  });

  it('registers every event of HOOK_EVENTS', () => {
    expect(read('plugin/hooks/hooks.json')).toBe(pluginHooks());
  });

  it('has the very same capture.sh', () => {
    expect(read('plugin/hooks/capture.sh')).toBe(read('hooks/capture.sh'));
    expect(statSync('plugin/hooks/capture.sh').mode & 0o111).toBe(0o111);
  });
});

describe('plugin/, once it is built', () => {
  const files = walk('plugin');

  it('makes Claude Code run no package manager: it has neither manifest nor lock file of one', () => {
    const atTop = readdirSync('plugin').filter((name) => /\.(?:json|lockb?|ya?ml)$/.test(name));
    expect(atTop).toEqual([]);
    expect(files.filter((file) => /(?:lock|shrinkwrap)\.json$/.test(file))).toEqual([]);
  });

  it('is small, and holds nothing that does not run', () => {
    const bytes = files.map((file) => lstatSync(join('plugin', file)).size); // not of the Node.js linked to
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000_000);
    expect(files.filter((file) => /\.(?:map|ts|c|h|o|a)$|index\.mjs$/.test(file))).toEqual([]);
  });

  it('has the SQLite module for this Node.js, and none for another machine', () => {
    const binaries = files.filter((file) => file.endsWith('.node'));
    const own = `node_modules/${sqlitePackage(process.versions['napi'])}/`;
    expect(binaries.some((file) => file.startsWith(own))).toBe(true);
    expect(binaries.length).toBeLessThanOrEqual(2);
  });

  it('notes the Node.js that built it', () => {
    expect(realpathSync('plugin/node')).toBe(realpathSync(process.execPath));
  });
});

describe('the command line of the plugin', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "plugin's ")));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(command: string, ...args: string[]) {
    const env = { HOME: folder, PATH: `${resolve(process.execPath, '..')}:/usr/bin:/bin` };
    return spawnSync(command, args, { env, cwd: folder, encoding: 'utf8' });
  }

  /** A copy of the plugin without what the build adds. */
  function unbuilt(): string {
    const root = join(folder, 'plugin');
    for (const name of ['.claude-plugin', 'bin', 'hooks']) {
      cpSync(join('plugin', name), join(root, name), { recursive: true });
    }
    return root;
  }

  it.each(['absolute', 'relative'])('runs through an %s link', (kind) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const target = resolve('plugin/bin/pattern-tracker');
    symlinkSync(target, join(bin, 'first'));
    const link = join(bin, 'pattern-tracker');
    symlinkSync(kind === 'absolute' ? target : 'first', link);
    const { version } = json('package.json');
    expect(run(link, '--version')).toMatchObject({ status: 0, stdout: `${String(version)}\n` });
  });

  it('says where the plugin was not built what to do, and where events wait', () => {
    const { status, stdout, stderr } = run(join(unbuilt(), 'bin', 'pattern-tracker'), 'status');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('npm run build');
    expect(stderr).toContain(`${folder}/.claude/hooks/pattern-tracker/data/spool`);
  });

  it('is, where the plugin was not built, that of the installed program', () => {
    const home = join(folder, '.claude/hooks/pattern-tracker');
    mkdirSync(home, { recursive: true });
    symlinkSync(resolve('dist'), join(home, 'dist'));
    expect(run(join(unbuilt(), 'bin', 'pattern-tracker'), '--version').status).toBe(0);
  });

  it('runs nothing of a project inside Claude Code', () => {
    const root = join(folder, 'copy');
    const filter = (path: string) => !/^plugin\/node(?:\/|$)/.test(path);
    cpSync('plugin', root, { recursive: true, filter });
    const ran = join(folder, 'ran');
    const evil = `#!/bin/sh\necho "$0" >> "${ran}"\n`;
    for (const name of ['node', 'readlink', 'tr', 'sed', 'cat']) {
      mkdirSync(join(folder, 'bin'), { recursive: true });
      writeFileSync(join(folder, 'bin', name), evil, { mode: 0o755 });
    }
    const preloaded = join(folder, 'evil.cjs');
    writeFileSync(preloaded, `require('fs').appendFileSync(${JSON.stringify(ran)}, 'preloaded')`);
    const note = join(folder, '.claude/hooks/pattern-tracker');
    mkdirSync(note, { recursive: true });
    symlinkSync(process.execPath, join(note, 'node')); // as `setup` notes it
    for (const PATH of [`${join(folder, 'bin')}:/usr/bin:/bin`, 'bin:/usr/bin:/bin']) {
      const variables = {
        HOME: folder,
        CLAUDECODE: '1',
        PATTERN_TRACKER_HOME: join(folder, 'elsewhere'),
        NODE_OPTIONS: `--require "${preloaded}"`,
        PATH,
      };
      const options = { env: variables, cwd: folder, encoding: 'utf8' } as const;
      const { status, stdout } = spawnSync(
        join(root, 'bin', 'pattern-tracker'),
        ['status', '--json'],
        options,
      );
      expect([status, existsSync(ran)]).toEqual([0, false]);
      expect(stdout).toContain(join(folder, '.claude'));
    }
  });

  it('notes the Node.js it runs on for hooks, where the build has noted none', () => {
    const root = join(folder, 'copy');
    const filter = (path: string) => !/^plugin\/node(?:\/|$)/.test(path);
    cpSync('plugin', root, { recursive: true, filter });
    expect(run(join(root, 'bin', 'pattern-tracker'), 'setup').status).toBe(0);
    const link = join(folder, '.claude/hooks/pattern-tracker/node');
    expect(realpathSync(link)).toBe(realpathSync(process.execPath));
  });

  it('has nothing to set up where SQLite loads', () => {
    const { status, stdout } = run(resolve('plugin/bin/pattern-tracker'), 'setup', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      node: process.versions.node,
      sqlite: expect.stringMatching(/^3\./),
      fetched: null,
      log: null,
    });
  });

  it('says why SQLite cannot be had, and keeps what npm said', () => {
    const root = join(folder, 'built');
    const filter = (path: string) => !/^plugin\/node(?:_modules)?(?:\/|$)/.test(path);
    cpSync('plugin', root, { recursive: true, filter });
    writeFileSync(
      join(folder, '.npmrc'),
      `registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=${join(folder, 'cache')}\n`,
    );
    const { status, stderr } = run(join(root, 'bin', 'pattern-tracker'), 'setup');
    expect(stderr).toMatch(/could not download better-sqlite3\S*: ECONNREFUSED/);
    expect(stderr).toContain('Then try again.');
    expect(status).toBe(1);
    const { logs } = trackerPaths(join(folder, '.claude/hooks/pattern-tracker'));
    expect(read(join(logs, readdirSync(logs)[0] ?? ''))).toContain('ECONNREFUSED');
    expect(readdirSync(root).filter((name) => name.startsWith('.sqlite-'))).toEqual([]);
  });

  it('installs hooks into the settings, too', () => {
    const { status } = run(resolve('plugin/bin/pattern-tracker'), 'install', '--no-link');
    expect(status).toBe(0);
    const home = join(folder, '.claude/hooks/pattern-tracker');
    expect(existsSync(join(home, 'dist/cli.mjs'))).toBe(true);
    execFileSync(join(home, 'dist/cli.mjs'), ['uninstall', '--purge'], { env: { HOME: folder } });
    expect(readdirSync(home, { recursive: true })).toEqual(['hooks', 'hooks/capture.sh']);
  });
});
