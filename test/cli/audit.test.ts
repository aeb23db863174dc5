import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { main } from '../../lib/cli/main.ts';
import { AUDIT_CHECKS } from '../../lib/health/audit/audit-checks.ts';
import { readManifest, writeManifest } from '../../lib/install/manifest.ts';
import { fakeMachine, put } from '../install/fake-machine.ts';
import { testEnvironment } from './test-environment.ts';

type Machine = ReturnType<typeof fakeMachine>;
interface Audit {
  ok: boolean;
  failed: number;
  warned: number;
  checks: { id: string; status: string; detail: string; hint?: string }[];
}

/** Invented, in two parts so that no scanner takes it for a real one. */
const TOKEN = `ghp_${'x7Kq2mVb9RtLw4ZpN8cHs1JdFg6YaE3uQ5oT'}`;

/** A machine with the program installed, all of it as it shall be. */
function installed(): Machine {
  const machine = fakeMachine();
  chmodSync(machine.root, 0o700);
  machine.install();
  return machine;
}

async function audit({ userHome, cwd, paths }: Machine, env: Record<string, string> = {}) {
  const { cli, written } = testEnvironment(
    { folder: userHome, paths },
    { cwd, env: { HOME: userHome, PATH: '/usr/bin:/bin', ...env } },
  );
  const exitCode = await main(['audit', '--json'], cli);
  return { exitCode, text: written.out, ...(JSON.parse(written.out) as Audit) };
}

it('finds nothing in a sound installation, and looks at everything', async () => {
  const { exitCode, checks, ...report } = await audit(installed());
  expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(checks.map(({ id }) => id)).toEqual(AUDIT_CHECKS.map(({ id }) => id));
  expect(report).toMatchObject({ ok: true, failed: 0, warned: 0 });
  expect(exitCode).toBe(0);
});

it.each([
  ['with the Node front', 'home', 'node'],
  ['in a home with a blank', "ada's home", 'sh'],
  ['with the Node front in a home with a blank', "ada's home", 'node'],
] as const)('finds nothing in a sound installation %s', async (_, name, capture) => {
  const machine = fakeMachine(name);
  machine.install({ capture });
  const { checks } = await audit(machine);
  expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
});

it('finds a hook of somebody else that runs ours in a home that has to be quoted', async () => {
  const machine = fakeMachine("ada's home");
  machine.install();
  const script = join(machine.paths.home, 'hooks', 'capture.sh').replace("'", String.raw`'\''`);
  addHook(machine, { command: `tee /tmp/x | '${script}'` });
  const { checks } = await audit(machine);
  expect(checks.find(({ id }) => id === 'hooks')).toMatchObject({ status: 'fail' });
});

it('finds nothing in a hook of somebody else whose folder has a name like ours', async () => {
  const machine = installed();
  addHook(machine, { command: `${machine.paths.home}-of-mine/run.sh` });
  const { checks } = await audit(machine);
  expect(checks.find(({ id }) => id === 'hooks')).toMatchObject({ status: 'ok' });
});

it('finds nothing where nothing is installed', async () => {
  const machine = fakeMachine();
  chmodSync(machine.root, 0o700);
  expect(await audit(machine)).toMatchObject({ exitCode: 0, ok: true, warned: 0 });
});

const settingsOf = ({ settings }: Machine) =>
  JSON.parse(readFileSync(settings, 'utf8')) as {
    hooks: Record<string, { matcher?: string; hooks: Record<string, unknown>[] }[]>;
  };

/** Changes the hook of an event in the settings. */
function changeHook(machine: Machine, event: string, change: Record<string, unknown>): void {
  const settings = settingsOf(machine);
  Object.assign(settings.hooks[event]?.[0]?.hooks[0] ?? {}, change);
  writeFileSync(machine.settings, JSON.stringify(settings));
}

/** Adds a hook of somebody else's. */
function addHook(machine: Machine, hook: Record<string, unknown>): void {
  const settings = settingsOf(machine);
  settings.hooks['Stop']?.push({ hooks: [{ type: 'command', ...hook }] });
  writeFileSync(machine.settings, JSON.stringify(settings));
}

function configure({ paths }: Machine, text: string, mode = 0o600): void {
  writeFileSync(paths.configFile, text);
  chmodSync(paths.configFile, mode);
}

const inData = ({ paths }: Machine, ...names: string[]) => join(paths.data, ...names);

/** What is done to a sound installation, which check finds it, how, and what its detail says. */
const CASES: readonly (readonly [string, string, 'warn' | 'fail', RegExp, (m: Machine) => void])[] =
  [
    [
      'data that others can read',
      'data',
      'fail',
      /others may read .*spool\/new\/deep \(mode 640\)/,
      (machine) => {
        put(inData(machine, 'spool', 'new', 'deep'), '');
        chmodSync(inData(machine, 'spool', 'new', 'deep'), 0o640);
      },
    ],
    [
      'data that others can read behind a link in the place of the home',
      'data',
      'fail',
      /others may read .*tracker\.db \(mode 644\)/,
      ({ paths, root }) => {
        renameSync(paths.home, join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), paths.home);
        put(join(paths.data, 'tracker.db'), '');
        chmodSync(join(paths.data, 'tracker.db'), 0o644);
      },
    ],
    [
      'a manifest that others can read',
      'data',
      'fail',
      /install\.json/,
      ({ paths }) => chmodSync(join(paths.home, 'install.json'), 0o644),
    ],
    [
      'a backup that others can read',
      'backups',
      'fail',
      /backups\/one\.db/,
      (machine) => {
        put(inData(machine, 'backups', 'one.db'), '');
        chmodSync(inData(machine, 'backups', 'one.db'), 0o644);
      },
    ],
    [
      'a program that others can write',
      'writable',
      'fail',
      /others may write .*courier\.cjs/,
      ({ paths }) => chmodSync(join(paths.home, 'dist', 'courier.cjs'), 0o622),
    ],
    [
      'settings that others can write',
      'writable',
      'fail',
      /settings\.json/,
      ({ settings }) => chmodSync(settings, 0o666),
    ],
    [
      'a folder above that everybody can write',
      'parents',
      'fail',
      /everybody may write .*\.claude\/hooks \(mode 777\)/,
      ({ paths }) => chmodSync(dirname(paths.home), 0o777),
    ],
    [
      'a link where a file is expected',
      'links',
      'fail',
      /drops is a link to \/etc\/passwd/,
      ({ paths }) => {
        rmSync(paths.drops);
        symlinkSync('/etc/passwd', paths.drops);
      },
    ],
    [
      'a folder that was moved, with a link in its place',
      'links',
      'warn',
      /\/data is a link to/,
      ({ paths, root }) => {
        renameSync(paths.data, join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), paths.data);
      },
    ],
    [
      'a program file that was changed',
      'program',
      'fail',
      /dist\/courier\.cjs was changed/,
      ({ paths }) => appendFileSync(join(paths.home, 'dist', 'courier.cjs'), '//'),
    ],
    [
      'a program file that is a link now',
      'program',
      'fail',
      /hooks\/capture\.sh was changed/,
      ({ paths, root }) => {
        const script = join(paths.home, 'hooks', 'capture.sh');
        renameSync(script, join(root, 'capture.sh'));
        symlinkSync(join(root, 'capture.sh'), script);
      },
    ],
    [
      'a program file that was added',
      'program',
      'fail',
      /node_modules\/evil\/index\.js was added/,
      ({ paths }) => put(join(paths.home, 'node_modules', 'evil', 'index.js'), ''),
    ],
    [
      'a program file that is gone',
      'program',
      'fail',
      /dist\/cli\.mjs is missing/,
      ({ paths }) => rmSync(join(paths.home, 'dist', 'cli.mjs')),
    ],
    [
      'another Node.js',
      'program',
      'fail',
      /node leads to another program/,
      ({ paths }) => {
        rmSync(join(paths.home, 'node'));
        symlinkSync('/bin/sh', join(paths.home, 'node'));
      },
    ],
    [
      'a manifest that is gone',
      'program',
      'fail',
      /install\.json is missing/,
      ({ paths }) => rmSync(join(paths.home, 'install.json')),
    ],
    [
      'an installation that has noted no digests',
      'program',
      'warn',
      /no digests/,
      ({ paths }) => {
        const manifest = readManifest(paths.home);
        if (manifest) writeManifest(paths.home, { ...manifest, files: [] });
      },
    ],
    [
      'a hook of ours with a variable before it',
      'hooks',
      'fail',
      /runs something else, or for other tools, than was registered: .*settings\.json \(PreToolUse\)/,
      (machine) =>
        changeHook(machine, 'PreToolUse', {
          command: `LD_PRELOAD=/x.so ${join(machine.paths.home, 'hooks', 'capture.sh')}`,
          args: undefined,
        }),
    ],
    [
      'a hook of ours with another time limit',
      'hooks',
      'warn',
      /the time limit/,
      (machine) => changeHook(machine, 'Stop', { timeout: 1 }),
    ],
    [
      'a second name of a file of the data',
      'links',
      'fail',
      /drops has another name elsewhere/,
      (machine) => {
        writeFileSync(inData(machine, 'drops'), '\n', { mode: 0o600 });
        linkSync(inData(machine, 'drops'), join(machine.paths.home, '..', 'second'));
      },
    ],
    [
      'a hook of ours of another type',
      'hooks',
      'fail',
      /runs something else, or for other tools/,
      (machine) => changeHook(machine, 'Stop', { type: 'prompt' }),
    ],
    [
      'a hook of ours for tools that do not exist',
      'hooks',
      'fail',
      /runs something else, or for other tools/,
      (machine) => {
        const settings = settingsOf(machine);
        Object.assign(settings.hooks['PreToolUse']?.[0] ?? {}, { matcher: 'Nothing' });
        writeFileSync(machine.settings, JSON.stringify(settings));
      },
    ],
    [
      'all hooks switched off',
      'hooks',
      'fail',
      /"disableAllHooks" is true in .*settings\.json/,
      (machine) =>
        writeFileSync(
          machine.settings,
          JSON.stringify({ ...settingsOf(machine), disableAllHooks: true }),
        ),
    ],
    [
      'a hook of ours that is gone',
      'hooks',
      'fail',
      /our hook is missing: .*\(Stop\)/,
      (machine) => changeHook(machine, 'Stop', { command: 'true' }),
    ],
    [
      'a hook that reads along with ours',
      'hooks',
      'fail',
      /somebody else's hook names our program: .*\(Stop\)/,
      (machine) =>
        addHook(machine, {
          command: `tee /tmp/x | "$HOME"/.claude/hooks/'pattern-tracker'/hooks/capture.sh`,
        }),
    ],
    [
      'a program of somebody else that is given ours',
      'hooks',
      'fail',
      /somebody else's hook names our program/,
      (machine) =>
        addHook(machine, {
          command: '/opt/wrap',
          args: [join(machine.paths.home, 'hooks', 'capture.sh')],
        }),
    ],
    [
      'a token in a configuration that others can read',
      'config_secrets',
      'fail',
      /others may read a credential: .*config\.yaml:2 \(/,
      (machine) => configure(machine, `# one\napi: { token: '${TOKEN}' }\n`, 0o644),
    ],
    [
      'a token in a private configuration',
      'config_secrets',
      'warn',
      /only you can read it, but .*config\.yaml:1/,
      (machine) => configure(machine, `api: { token: '${TOKEN}' }\n`),
    ],
    [
      "a token in Claude Code's settings",
      'config_secrets',
      'warn',
      /settings\.json:1/,
      (machine) => {
        const settings = { ...settingsOf(machine), env: { A: TOKEN } };
        writeFileSync(machine.settings, JSON.stringify(settings), { mode: 0o600 });
        chmodSync(machine.settings, 0o600);
      },
    ],
    [
      'a secret in the log',
      'log_secrets',
      'fail',
      /tracker\.log:2 \(/,
      (machine) => put(inData(machine, 'logs', 'tracker.log'), `{}\n{"msg":"${TOKEN}"}\n`),
    ],
    [
      'a secret far down in a long log',
      'log_secrets',
      'fail',
      /tracker\.log:20001 \(/,
      (machine) =>
        put(
          inData(machine, 'logs', 'tracker.log'),
          `${'{"msg":"started"}\n'.repeat(20_000)}${TOKEN}`,
        ),
    ],
    [
      'a secret in a log that was rotated',
      'log_secrets',
      'fail',
      /tracker\.log\.1\.gz:1 \(/,
      (machine) => {
        mkdirSync(inData(machine, 'logs'), { mode: 0o700 });
        const bytes = gzipSync(`{"msg":"${TOKEN}"}\n`);
        writeFileSync(inData(machine, 'logs', 'tracker.log.1.gz'), bytes, { mode: 0o600 });
      },
    ],
    [
      'a secret in the quarantine',
      'quarantine_secrets',
      'warn',
      /1 file set aside .*1\.not-json:1 \(/,
      ({ paths }) => writeFileSync(join(paths.spoolBad, '1.not-json'), TOKEN, { mode: 0o600 }),
    ],
    [
      'a token file that others can read',
      'token_files',
      'fail',
      /others may read .*\/token \(mode 644\)/,
      (machine) => {
        const file = join(machine.root, 'token');
        put(file, 'abc');
        chmodSync(file, 0o644);
        configure(machine, `api: { token_file: ${file} }\n`);
      },
    ],
    [
      'a token file in a folder that everybody can write',
      'token_files',
      'fail',
      /everybody may write .*shared/,
      (machine) => {
        const file = join(machine.root, 'shared', 'token');
        put(file, 'abc');
        chmodSync(file, 0o600);
        chmodSync(dirname(file), 0o777);
        configure(machine, `api: { token_file: ${file} }\n`);
      },
    ],
    [
      'a token file that is not there',
      'token_files',
      'fail',
      /no-such-file/,
      (machine) => configure(machine, 'otlp: { token_file: /no-such-file }\n'),
    ],
    [
      'a server that code goes to unencrypted',
      'transport',
      'fail',
      /code goes unencrypted to http:\/\/tracker\.example/,
      (machine) => configure(machine, "api: { base_url: 'http://tracker.example' }\n"),
    ],
    [
      'a collector that facts go to unencrypted',
      'transport',
      'warn',
      /facts about tool calls go unencrypted/,
      (machine) => configure(machine, "otlp: { endpoint: 'http://collector.example:4318' }\n"),
    ],
    [
      'a project whose settings set a proxy',
      'environment',
      'warn',
      /HTTPS_PROXY, which names a proxy, is set in .*project\/\.claude\/settings\.json/,
      ({ cwd }) => put(join(cwd, '.claude', 'settings.json'), '{"env":{"HTTPS_PROXY":"http://x"}}'),
    ],
  ];

it.each(CASES)('finds %s', async (_, id, status, detail, spoil) => {
  const machine = installed();
  spoil(machine);
  const { checks, exitCode, ok, text } = await audit(machine);
  const found = checks.find((check) => check.id === id);
  expect(found).toEqual({
    id,
    title: expect.any(String),
    status,
    detail: expect.stringMatching(detail),
    hint: expect.any(String),
  });
  expect([ok, exitCode]).toEqual(
    checks.some((check) => check.status === 'fail') ? [false, 1] : [true, 0],
  );
  expect(text).not.toContain(TOKEN);
});

it('says which variables of its own environment redirect', async () => {
  const variables = {
    https_proxy: 'http://x',
    INTELLIGENCE_SERVICE_URL: 'http://y',
    LD_PRELOAD: '',
  };
  const { checks } = await audit(installed(), variables);
  const { detail } = checks.find(({ id }) => id === 'environment') ?? {};
  expect(detail).toMatch(/INTELLIGENCE_SERVICE_URL, which names the server, is set here/);
  expect(detail).toContain('HTTPS_PROXY');
  expect(detail).not.toContain('LD_PRELOAD');
});

it('counts what it does not name', async () => {
  const machine = installed();
  for (let n = 0; n < 20; n += 1) put(join(machine.paths.home, 'dist', `${n}.mjs`), '');
  const { checks } = await audit(machine);
  expect(checks.find(({ id }) => id === 'program')?.detail).toMatch(/; and 12 more$/);
});

it('shows people a line for each check, with what to do', async () => {
  const machine = installed();
  put(inData(machine, 'logs', 'tracker.log'), TOKEN);
  const { cli, written } = testEnvironment({ folder: machine.userHome, paths: machine.paths });
  expect(await main(['audit'], cli)).toBe(1);
  expect(written.out).toMatch(/^✓ Hooks unchanged {2}/m);
  expect(written.out).toMatch(/^✗ Secrets in logs .*\n +→ Remove that file/m);
  expect(written.out).toMatch(/\n\d checks? failed\b.*\.\n$/);
});
