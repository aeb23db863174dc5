import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import { planInstall, verifyInstall } from '../../lib/install/install.ts';
import { readManifest } from '../../lib/install/manifest.ts';
import { fakeMachine, put } from './fake-machine.ts';
import { SETTINGS_CASES } from './settings/settings-cases.ts';

interface Settings {
  hooks: Record<string, { hooks: { command: string; args?: string[] }[] }[]>;
  [key: string]: unknown;
}

/** Every file, link and folder below `root`, with mode and content. */
function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const stat = lstatSync(join(root, path));
    const mode = (stat.mode & 0o777).toString(8);
    if (stat.isSymbolicLink()) found[path] = readlinkSync(join(root, path));
    else found[path] = stat.isFile() ? `${mode} ${readFileSync(join(root, path), 'utf8')}` : mode;
  }
  return found;
}

function backups(settings: string): string[] {
  return readdirSync(dirname(settings)).filter((name) => name.includes('.backup-'));
}

function read(path: string): Settings {
  return JSON.parse(readFileSync(path, 'utf8')) as Settings;
}

describe('the settings file', () => {
  const cases: (readonly [string, string | null])[] = [
    ['a file that is not there', null],
    ...SETTINGS_CASES,
  ];

  it.each(cases)('is byte for byte as before after an uninstall: %s', async (_, before) => {
    const machine = fakeMachine();
    if (before !== null) put(machine.settings, before);
    const { backup } = machine.install();
    const after = readFileSync(machine.settings, 'utf8');
    expect(backup === null ? null : readFileSync(backup, 'utf8')).toBe(before);

    const files = snapshot(machine.userHome);
    expect(machine.install().backup).toBeNull();
    expect(snapshot(machine.userHome)).toEqual(files);
    expect(after).toContain('capture.sh');

    await machine.uninstall();
    expect(existsSync(machine.settings) ? readFileSync(machine.settings, 'utf8') : null).toBe(
      before,
    );
  });

  it('keeps what others changed meanwhile', async () => {
    const machine = fakeMachine();
    put(machine.settings, '{\n  "hooks": { "Stop": [ ] },\n  "model": "opus"\n}\n');
    machine.install();
    put(machine.settings, readFileSync(machine.settings, 'utf8').replace('opus', 'haiku'));
    const { backups: copies, settings } = await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe(
      '{\n  "hooks": { "Stop": [ ] },\n  "model": "haiku"\n}\n',
    );
    expect(settings[0]?.isRestored).toBe(false);
    expect(copies).toHaveLength(1);
  });

  it('is restored as it was before the first of several installations', async () => {
    const machine = fakeMachine();
    put(machine.settings, '{ }\n');
    machine.install({ capture: 'node' });
    machine.install({ capture: 'sh' });
    machine.install({ claudeVersion: '1.0.60' });
    await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe('{ }\n');
  });

  it('is taken as it is by an installation over a change of others', async () => {
    const machine = fakeMachine();
    put(machine.settings, '{ }\n');
    machine.install({ capture: 'node' });
    put(machine.settings, JSON.stringify({ ...read(machine.settings), model: 'opus' }, null, 2));
    machine.install({ capture: 'sh' });
    await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe('{\n  "model": "opus"\n}');
  });

  it('goes if the installation made it, whatever was done to our hooks', async () => {
    const machine = fakeMachine();
    machine.install();
    put(machine.settings, JSON.stringify(read(machine.settings)));
    await machine.uninstall();
    expect(existsSync(machine.settings)).toBe(false);
  });

  it('keeps its mode, also where nobody may write it', () => {
    const machine = fakeMachine();
    put(machine.settings, '{}');
    chmodSync(machine.settings, 0o444);
    machine.install();
    expect(statSync(machine.settings).mode & 0o777).toBe(0o444);
  });

  it('is for the user alone where it is new, and so is a backup', () => {
    const machine = fakeMachine();
    machine.install();
    expect(statSync(machine.settings).mode & 0o777).toBe(0o600);
    put(machine.settings, '{}');
    chmodSync(machine.settings, 0o644);
    const { backup } = machine.install();
    expect(backup).toMatch(/settings\.json\.backup-\d{8}T\d{6}$/);
    expect(statSync(backup ?? '').mode & 0o777).toBe(0o600);
  });

  it.each([true, false])(
    'stays a link, its target is written (target there: %s)',
    async (isThere) => {
      const machine = fakeMachine();
      const target = join(machine.root, 'dotfiles', 'claude.json');
      mkdirSync(dirname(target));
      if (isThere) put(target, '{}\n');
      symlinkSync('../../dotfiles/claude.json', machine.settings);
      machine.install();
      expect(readlinkSync(machine.settings)).toBe('../../dotfiles/claude.json');
      expect(read(target).hooks).toHaveProperty('Stop');
      expect(readdirSync(dirname(target))).toEqual(['claude.json']);
      await machine.uninstall();
      expect(lstatSync(machine.settings).isSymbolicLink()).toBe(true);
      expect(existsSync(target) && readFileSync(target, 'utf8')).toBe(isThere && '{}\n');
    },
  );

  it.each([
    ['broken', '{ "hooks": {'],
    ['of a wrong type', '{ "hooks": [] }'],
    ['null', '{ "hooks": null }'],
  ])('is refused when it is %s, and nothing at all is changed', (_, text) => {
    const machine = fakeMachine();
    put(machine.settings, text);
    const files = snapshot(machine.root);
    expect(() => machine.install()).toThrow(/settings\.json:1:\d+: .*nothing was changed/);
    expect(snapshot(machine.root)).toEqual(files);
  });

  it('is refused when it is not UTF-8', () => {
    const machine = fakeMachine();
    writeFileSync(machine.settings, Buffer.from('{"a":"\xe9"}', 'latin1'));
    expect(() => machine.install()).toThrow(/is not UTF-8/);
  });

  it('is found to be overwritten by another program', () => {
    const machine = fakeMachine();
    const plan = machine.install();
    put(machine.settings, '{"model":"opus"}');
    expect(() => verifyInstall(plan)).toThrow(/hooks are missing for PreToolUse, PostToolUse,/);
  });

  it.each([
    ['comments', '{} // mine', /has comments or trailing commas/],
    ['disableAllHooks', '{"disableAllHooks":true}', /"disableAllHooks": true/],
  ])('is reported when Claude Code will run no hooks because of %s', (_, text, warning) => {
    const machine = fakeMachine();
    put(machine.settings, text);
    expect(machine.install().warnings.join()).toMatch(warning);
  });

  it('name the older Claude Code that would ignore them', () => {
    const machine = fakeMachine();
    const claudes = [
      { path: '/opt/old/claude', version: '2.0.76' },
      { path: '/opt/tolerant/claude', version: '2.1.101' },
    ];
    const { warnings } = machine.install({ claudes });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^\/opt\/old\/claude is Claude Code 2\.0\.76\. .*PostToolBatch, .*: update/,
      ),
    ]);
  });

  it('names only events that the version of Claude Code knows', () => {
    const machine = fakeMachine();
    const old = machine.install({ claudeVersion: '1.0.60' });
    expect(Object.keys(read(machine.settings).hooks)).not.toContain('SessionStart');
    expect(old.warnings.join()).toMatch(/1\.0\.60 does not know .*SessionStart/);
    machine.install();
    expect(Object.keys(read(machine.settings).hooks).toSorted()).toEqual(
      HOOK_EVENTS.map(({ name }) => name).toSorted(),
    );
  });
});

describe('scopes', () => {
  it('are independent: the program stays while one is registered', async () => {
    const machine = fakeMachine();
    const local = join(machine.cwd, '.claude', 'settings.local.json');
    machine.install();
    machine.install({ scope: 'local' });
    expect(readManifest(machine.paths.home)?.registrations.map(({ scope }) => scope)).toEqual([
      'user',
      'local',
    ]);
    const first = await machine.uninstall('user');
    expect(first.removesProgram).toBe(false);
    expect(existsSync(machine.settings)).toBe(false);
    expect(existsSync(join(machine.paths.home, 'dist/cli.mjs'))).toBe(true);
    const second = await machine.uninstall('local');
    expect(second.removesProgram).toBe(true);
    expect(existsSync(local)).toBe(false);
    expect(existsSync(dirname(local))).toBe(false);
    expect(readdirSync(machine.paths.home)).toEqual(['data', 'hooks']);
  });

  it('go all at once when none is named', async () => {
    const machine = fakeMachine();
    put(join(machine.cwd, '.claude/settings.json'), '{}');
    machine.install({ scope: 'project' });
    machine.install();
    const { settings } = await machine.uninstall();
    expect(settings).toHaveLength(2);
    expect(readFileSync(join(machine.cwd, '.claude/settings.json'), 'utf8')).toBe('{}');
  });

  it('are found without the manifest, and faults in files that are not ours do not matter', async () => {
    const machine = fakeMachine();
    put(machine.settings, '{\n  "model": "opus"\n}\n');
    put(join(machine.cwd, '.claude/settings.json'), 'broken');
    machine.install();
    rmSync(join(machine.paths.home, 'install.json'));
    await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe('{\n  "model": "opus"\n}\n');
  });
});

describe('the program', () => {
  it('is copied with what it needs and no more, for the user alone', () => {
    const machine = fakeMachine();
    machine.install();
    const { home } = machine.paths;
    const modes = Object.entries(snapshot(home)).map(([path, value]) =>
      path === 'node' ? `${path} -> ${basename(value)}` : `${value.split(' ')[0] ?? ''} ${path}`,
    );
    expect(modes).toMatchInlineSnapshot(`
      [
        "700 data",
        "600 data/drops",
        "700 data/spool",
        "700 data/spool/bad",
        "700 data/spool/new",
        "700 data/spool/tmp",
        "700 dist",
        "700 dist/chunks",
        "600 dist/chunks/one.mjs",
        "700 dist/cli.cjs",
        "700 dist/cli.mjs",
        "600 dist/context.cjs",
        "600 dist/courier.cjs",
        "700 dist/hooks",
        "700 dist/hooks/pre-tool-use.cjs",
        "700 hooks",
        "700 hooks/capture.sh",
        "600 install.json",
        "node -> node",
        "700 node_modules",
        "700 node_modules/better-sqlite3",
        "700 node_modules/better-sqlite3/lib",
        "600 node_modules/better-sqlite3/lib/index.js",
        "700 node_modules/better-sqlite3/lib/methods",
        "600 node_modules/better-sqlite3/lib/methods/x.js",
        "600 node_modules/better-sqlite3/package.json",
        "700 node_modules/better-sqlite3/prebuilds",
        "600 node_modules/better-sqlite3/prebuilds/linux-x64.node",
        "600 package.json",
      ]
    `);
    expect(readlinkSync(join(home, 'node'))).toBe(machine.options.node);
  });

  it('has the SQLite module that its Node.js loads, and after a change of Node.js the other one', () => {
    const machine = fakeMachine();
    const packages = () => readdirSync(join(machine.paths.home, 'node_modules'));
    machine.install({ host: { nodeApi: '9', target: 'linux-x64' } });
    expect(packages()).toEqual(['better-sqlite3-12', 'bindings', 'file-uri-to-path']);
    machine.install();
    expect(packages()).toEqual(['better-sqlite3']);
    machine.install({ host: { nodeApi: '9', target: 'linux-x64' } });
    expect(packages()).toEqual(['better-sqlite3-12', 'bindings', 'file-uri-to-path']);
  });

  it('replaces better-sqlite3 12 where an older one had it under the plain name', () => {
    const machine = fakeMachine();
    machine.install();
    const compiled = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
    put(join(machine.paths.home, compiled), 'ELF');
    const { copy } = machine.install();
    expect(copy.removed).toEqual([compiled]);
  });

  it('has the SQLite module that npm put beside its package', () => {
    const machine = fakeMachine();
    const modules = join(machine.root, 'npx', 'node_modules');
    const sourceRoot = join(modules, 'claude-pattern-tracker');
    mkdirSync(modules, { recursive: true });
    renameSync(machine.sourceRoot, sourceRoot);
    renameSync(join(sourceRoot, 'node_modules', 'better-sqlite3'), join(modules, 'better-sqlite3'));
    const { copy } = machine.install({ sourceRoot });
    expect(copy.written).toContain('node_modules/better-sqlite3/prebuilds/linux-x64.node');
  });

  it('takes a compiled SQLite where there is none for the platform, and is refused without any', () => {
    const machine = fakeMachine();
    const host = { nodeApi: '10', target: 'linux-riscv64' };
    expect(() => machine.install({ host })).toThrow(/prebuilds\/linux-riscv64\.node is missing/);
    const compiled = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
    put(join(machine.sourceRoot, compiled), 'ELF');
    expect(machine.install({ host }).copy.written).toContain(compiled);
  });

  it('runs on the Node.js that installed it, whichever is first on PATH', () => {
    const machine = fakeMachine();
    machine.install();
    const cli = join(machine.paths.home, 'dist/cli.mjs');
    const output = execFileSync(cli, { env: { PATH: '/nowhere' }, encoding: 'utf8' });
    expect(output.trim()).toBe(machine.options.node);
  });

  it('is replaced by a newer one, which keeps data and drops files of the older', () => {
    const machine = fakeMachine();
    machine.install();
    put(join(machine.paths.data, 'tracker.db'), 'precious');
    put(join(machine.paths.spoolNew, 'event'), 'precious');
    rmSync(join(machine.sourceRoot, 'dist/chunks'), { recursive: true });
    put(join(machine.sourceRoot, 'dist/courier.cjs'), '// newer\n');
    const { copy } = machine.install();
    expect(copy.written).toEqual(['dist/courier.cjs']);
    expect(copy.removed).toEqual(['dist/chunks/one.mjs']);
    expect(existsSync(join(machine.paths.home, 'dist/chunks'))).toBe(false);
    expect(readFileSync(join(machine.paths.data, 'tracker.db'), 'utf8')).toBe('precious');
    expect(readFileSync(join(machine.paths.spoolNew, 'event'), 'utf8')).toBe('precious');
  });

  it('can register itself from where it is installed', () => {
    const machine = fakeMachine();
    machine.install();
    const { copy } = machine.install({ sourceRoot: machine.paths.home, scope: 'local' });
    expect(copy.written).toEqual([]);
    expect(copy.removed).toEqual([]);
  });

  it('is refused where it was not built, and nothing is changed', () => {
    const machine = fakeMachine();
    rmSync(join(machine.sourceRoot, 'dist/courier.cjs'));
    expect(() => machine.install()).toThrow(/dist\/courier\.cjs is missing/);
    expect(existsSync(machine.settings)).toBe(false);
  });

  it('never goes into a folder that holds other things', async () => {
    const machine = fakeMachine();
    put(join(machine.paths.home, 'node_modules/mine.js'), 'precious');
    put(join(machine.paths.home, 'src/mine.js'), 'precious');
    const files = snapshot(machine.root);
    expect(() => machine.install()).toThrow(/holds files that do not belong to/);
    await expect(async () => machine.uninstall()).rejects.toThrow(/holds files/);
    expect(snapshot(machine.root)).toEqual(files);
  });

  it('is only looked at by a plan', () => {
    const machine = fakeMachine();
    const files = snapshot(machine.root);
    const plan = planInstall(machine.options);
    expect(plan.copy.written).toContain('dist/cli.mjs');
    expect(snapshot(machine.root)).toEqual(files);
  });
});

describe('uninstalling', () => {
  it('leaves the data, and hooks that do nothing', async () => {
    const machine = fakeMachine();
    machine.install();
    put(join(machine.paths.data, 'tracker.db'), 'precious');
    await machine.uninstall();
    expect(readdirSync(machine.paths.home)).toEqual(['data', 'hooks']);
    expect(readdirSync(join(machine.paths.home, 'hooks'))).toEqual(['capture.sh']);
    expect(readFileSync(join(machine.paths.data, 'tracker.db'), 'utf8')).toBe('precious');
    machine.purge();
    expect(readdirSync(machine.paths.home)).toEqual(['hooks']);
    await machine.uninstall(); // once more
    expect(readdirSync(machine.paths.home)).toEqual(['hooks']);
    rmSync(join(machine.paths.home, 'hooks'), { recursive: true }); // as it says
    machine.purge();
    expect(existsSync(machine.paths.home)).toBe(false);
  });

  it.each(['sh', 'node'] as const)(
    'leaves the hooks of running sessions silent: front %s',
    async (capture) => {
      const machine = fakeMachine('a b');
      machine.install({ capture });
      const { hooks } = read(machine.settings);
      const { stubs } = await machine.uninstall();
      machine.purge();
      const registered = Object.values(hooks).map(
        ([group]) => group?.hooks[0]?.command ?? 'exit 1',
      );
      const runs = registered
        .filter((command) => capture === 'sh' || command.includes('pre-tool-use.cjs')) // the only bundle there is here
        .map((command) => spawnSync('/bin/sh', ['-c', command], { input: '{}', encoding: 'utf8' }));
      expect(runs.length).toBeGreaterThan(0);
      expect(runs.filter((run) => run.status !== 0 || run.stdout + run.stderr !== '')).toEqual([]);
      const bundles = ['dist/hooks/pre-tool-use.cjs', 'node'];
      expect(stubs).toEqual(capture === 'sh' ? ['hooks/capture.sh'] : bundles);
      machine.install({ capture });
      expect(machine.install({ capture }).copy.written).toEqual([]);
    },
  );

  it('writes nothing through a link', async () => {
    const machine = fakeMachine();
    machine.install();
    const elsewhere = join(machine.root, 'elsewhere');
    renameSync(join(machine.paths.home, 'hooks'), elsewhere);
    symlinkSync(elsewhere, join(machine.paths.home, 'hooks'));
    const before = readFileSync(join(elsewhere, 'capture.sh'));
    expect((await machine.uninstall()).stubs).toEqual([]);
    expect(readFileSync(join(elsewhere, 'capture.sh'))).toEqual(before);
    expect(readdirSync(machine.paths.home)).toEqual(['data']);
  });

  it('does nothing where nothing is installed', async () => {
    const machine = fakeMachine();
    put(machine.settings, '{"model":"opus"}');
    const files = snapshot(machine.root);
    await machine.uninstall();
    expect(snapshot(machine.root)).toEqual(files);
  });
});

describe('the link', () => {
  it('is made, found again, and removed', async () => {
    const machine = fakeMachine();
    const link = join(machine.userHome, '.local/bin/pattern-tracker');
    expect(machine.install().link).toEqual({ kind: 'made', path: link, isOnPath: false });
    const searchPath = `/bin:${dirname(link)}/`;
    expect(machine.install({ searchPath }).link).toEqual({
      kind: 'present',
      path: link,
      isOnPath: true,
    });
    expect(readlinkSync(link)).toBe(join(machine.paths.home, 'dist/cli.cjs'));
    expect((await machine.uninstall()).removedLink).toBe(link);
    expect(existsSync(link)).toBe(false);
  });

  it('is found again where version 0.1.0 made it', async () => {
    const machine = fakeMachine();
    const link = join(machine.userHome, '.local/bin/pattern-tracker');
    machine.install();
    rmSync(link);
    symlinkSync(join(machine.paths.home, 'dist/cli.mjs'), link);
    expect(machine.install().link.kind).toBe('present');
    expect((await machine.uninstall()).removedLink).toBe(link);
  });

  it.each(['a file', 'a link'])('leaves alone what has its name: %s', async (what) => {
    const machine = fakeMachine();
    const link = join(machine.userHome, '.local/bin/pattern-tracker');
    put(link, 'mine');
    if (what === 'a link') {
      rmSync(link);
      symlinkSync('/nowhere', link);
    }
    expect(machine.install().link.kind).toBe('taken');
    await machine.uninstall();
    if (what === 'a link') expect(readlinkSync(link)).toBe('/nowhere');
    else expect(readFileSync(link, 'utf8')).toBe('mine');
  });

  it('is not made when it is not wanted', () => {
    const machine = fakeMachine();
    machine.install({ link: false });
    expect(existsSync(join(machine.userHome, '.local'))).toBe(false);
  });
});

describe('the courier', () => {
  it.runIf(existsSync('/proc/self/cmdline'))('leaves when newer code is there', async () => {
    const machine = fakeMachine();
    machine.install();
    const { home, courierPid } = machine.paths;
    const courier = spawn(process.execPath, [join(home, 'dist/courier.cjs'), '--home', home]);
    onTestFinished(() => void courier.kill('SIGKILL'));
    await once(courier, 'spawn');
    put(courierPid, `${courier.pid}\n`);
    expect(machine.install().stoppedCourier).toBeUndefined();
    put(join(machine.sourceRoot, 'dist/chunks/one.mjs'), '// newer\n');
    const ended = once(courier, 'exit');
    expect(machine.install().stoppedCourier).toBe(courier.pid);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('is not taken for another process that has its id by now', async () => {
    const machine = fakeMachine();
    machine.install();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other, 'spawn');
    put(machine.paths.courierPid, `${other.pid}\n`);
    expect((await machine.uninstall()).stoppedCourier).toBeUndefined();
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });
});

describe('the registered commands', () => {
  const names = ['home', 'a b', `it's "quoted"`, '$HOME `id` \\ & ;', 'ünï 🎈', '-dash', 'a\nb'];
  const commands = names.flatMap((name) =>
    (['sh', 'node'] as const).map((capture) => [JSON.stringify(name), capture, name] as const),
  );

  it.each(commands)(
    'run as Claude Code runs them, from the folder %s, front %s',
    (_, capture, name) => {
      const machine = fakeMachine(name);
      const probe =
        'process.stdin.on("data", (d) => require("node:fs").appendFileSync(process.env.OUT, d));';
      for (const { bundle } of HOOK_EVENTS) {
        put(
          join(machine.sourceRoot, `dist/hooks/${bundle}.cjs`),
          `#!/usr/bin/env node\n${probe}\n`,
        );
      }
      put(
        join(machine.sourceRoot, 'hooks/capture.sh'),
        '#!/bin/sh\ncat >>"$OUT"\nprintf %s "$1" >>"$OUT"\n',
      );
      machine.install({ capture });
      const out = join(machine.root, 'out');
      for (const { name: event, ensure } of HOOK_EVENTS) {
        const hook = read(machine.settings).hooks[event]?.[0]?.hooks[0];
        if (!hook) throw new Error(`no hook for ${event}`);
        const shell: [string, string[]] = ['/bin/sh', ['-c', hook.command]];
        // Versions that know no `args` give the same command to a shell.
        for (const [file, args] of hook.args
          ? [[hook.command, hook.args] as const, shell]
          : [shell]) {
          execFileSync(file, args, {
            input: `${event} `,
            env: { OUT: out, PATH: '/usr/bin:/bin' },
          });
          expect(readFileSync(out, 'utf8')).toBe(
            `${event} ${ensure && capture === 'sh' ? 'ensure' : ''}`,
          );
          rmSync(out);
        }
      }
      expect(backups(machine.settings)).toEqual([]);
    },
  );
});
