import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hintText, writeHint } from '../../lib/capture/courier-hint.ts';
import { byteText } from '../../lib/base/amount-text.ts';
import { sqlitePackage } from '../../lib/base/sqlite-package.ts';
import { countAttempt } from '../../lib/capture/attempt.ts';
import type { CliEnvironment } from '../../lib/cli/environment.ts';
import { readInstallation } from '../../lib/cli/installation.ts';
import { loadConfig } from '../../lib/config/config-file.ts';
import { checkFacts } from '../../lib/health/checks/check-facts.ts';
import type { CheckFinding } from '../../lib/health/checks/check.ts';
import { CHECKS } from '../../lib/health/checks/checks.ts';
import { noteEvicted } from '../../lib/store/database/meta.ts';
import { endCourier, layOutHome, writeHooks, writeSettings } from '../cli/installed-home.ts';
import { HOUR, NOW, Sample } from '../cli/sample-database.ts';
import { testEnvironment } from '../cli/test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(async () => {
  await endCourier(sample);
  sample.remove();
});

const PATH = process.env['PATH'] ?? '';

/** What the check with this id finds, beside a Claude Code of this version. */
async function check(
  id: string,
  overrides: Partial<CliEnvironment> = {},
  claudeVersion: string | null = '2.1.330',
): Promise<CheckFinding> {
  const env = { HOME: sample.folder, PATH };
  const { cli } = testEnvironment(sample, { env, ...overrides });
  const installation = readInstallation(cli, claudeVersion ?? undefined);
  const facts = checkFacts(cli, { installation, config: loadConfig(cli.paths) });
  const found = CHECKS.find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return await found.run(facts);
}

const script = () => join(sample.paths.home, 'hooks', 'capture.sh');

describe('the hook', () => {
  it('is run in this environment, and with the variables of the settings', async () => {
    layOutHome(sample);
    writeHooks(sample, { command: `'${script()}'` });
    expect(await check('hook_runs')).toEqual({
      status: 'ok',
      found: 'exit code 0, nothing printed',
    });
    const own = { hooks: [{ type: 'command', command: `'${process.execPath}' '${script()}'` }] };
    writeSettings(sample, { hooks: { PreToolUse: [own] } });
    expect(await check('hook_runs')).toMatchObject({ status: 'fail' }); // Node.js cannot run a script of sh
    writeSettings(sample, {
      hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: `'${script()}'` }] }] },
      env: { EDITOR: 'vi', HOME: '/nowhere' },
    });
    expect(await check('hook_runs')).toMatchObject({
      found: 'exit code 0, nothing printed, with EDITOR of your settings',
    });
  });

  it('is not run where none is registered, or recording is off', async () => {
    expect(await check('hook_runs')).toMatchObject({ found: expect.stringMatching(/^not tried/) });
    writeSettings(sample, {
      hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: script() }] }] },
      env: { PATTERN_TRACKER_DISABLED: '1' },
    });
    expect(await check('hook_runs')).toMatchObject({ status: 'ok' });
    expect(await check('hooks_allowed')).toMatchObject({ status: 'fail' });
  });
});

describe('projects', () => {
  it('are named where they tried something', async () => {
    expect(await check('projects')).toEqual({ status: 'ok', found: 'nothing' });
    countAttempt(sample.paths.tried, 'd', { CLAUDE_PROJECT_DIR: '/gone' });
    expect(await check('projects')).toMatchObject({
      status: 'warn',
      found: expect.stringMatching(/switched recording off: \/gone, 1 event, the last \d/),
    });
  });
});

it('has stable ids, each once', () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z_]+$/);
});

describe('claude', () => {
  it('is found by its version, and missed where none is found', async () => {
    expect(await check('claude')).toEqual({ status: 'ok', found: 'version 2.1.330' });
    expect(await check('claude', {}, null)).toMatchObject({ status: 'warn' });
  });
});

describe('context', () => {
  it('is as the configuration says, or the next installation makes it so', async () => {
    const note = join(sample.paths.home, 'dist', 'context.cjs');
    const register = (...commands: string[]) => {
      const hooks = commands.map((command) => ({ type: 'command', command }));
      writeSettings(sample, { hooks: { SessionStart: [{ hooks }] } });
    };
    expect(await check('context')).toEqual({ status: 'ok', found: 'Claude is given no note' });
    register(script(), `'${process.execPath}' '${note}'`);
    expect(await check('context')).toMatchObject({
      status: 'warn',
      found: 'context is off, but a hook still gives Claude the note',
      mend: expect.stringContaining('pattern-tracker install'),
    });
    mkdirSync(dirname(sample.paths.configFile), { recursive: true });
    writeFileSync(sample.paths.configFile, 'context: on\n');
    expect(await check('context')).toMatchObject({ status: 'ok' });
    register(script());
    expect(await check('context')).toMatchObject({
      status: 'warn',
      found: 'context is on, but no hook gives Claude the note of earlier sessions',
    });
  });

  it('has its file looked at like those of the other hooks', async () => {
    mkdirSync(dirname(script()), { recursive: true });
    writeFileSync(script(), '', { mode: 0o700 });
    const note = join(sample.paths.home, 'dist', 'context.cjs'); // it is not there
    const hooks = [`'${script()}'`, `'${process.execPath}' '${note}'`].map((command) => ({
      type: 'command',
      command,
    }));
    writeSettings(sample, { hooks: { SessionStart: [{ hooks }] } });
    expect(await check('hook_files')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining(note),
    });
  });
});

describe('command_files', () => {
  it('says what is not known of the files that commands change', async () => {
    expect(await check('command_files', {}, '2.0.76')).toEqual({
      status: 'ok',
      found: 'not told by version 2.0.76, but from 2.1.330 on',
    });
    const note = sample.database.prepare<[string, string, string, number]>(
      "INSERT INTO file_changes (event_id, file_path, change, session_id, at) VALUES (?, ?, ?, 's', ?)",
    );
    expect((await check('command_files')).found).toContain('are known');
    note.run('e1', '/p/a', 'changed', NOW - HOUR);
    note.run('e2', '/p/a', 'changed', NOW - HOUR);
    note.run('e2', '/p/b', 'deleted', NOW - HOUR);
    note.run('e3', '/p/c', 'changed', NOW - 8 * 24 * HOUR);
    const { status, found } = await check('command_files');
    expect([status, found]).toEqual(['ok', expect.stringContaining('of 1 file changed')]);
  });
});

describe('settings', () => {
  it('fails for a file that is no JSON, with its place', async () => {
    writeSettings(sample, '{"hooks": }');
    expect(await check('settings')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('settings.json:1:11'),
    });
  });

  it('fails for comments, which Claude Code does not accept', async () => {
    writeSettings(sample, '{} // mine');
    expect(await check('settings')).toMatchObject({ status: 'fail' });
  });
});

describe('hooks', () => {
  it('are allowed, unless disabled', async () => {
    expect(await check('hooks_allowed')).toMatchObject({ status: 'ok' });
    const env = { HOME: sample.folder, PATTERN_TRACKER_DISABLED: '1' };
    expect(await check('hooks_allowed', { env })).toMatchObject({ status: 'warn' });
    writeSettings(sample, { disableAllHooks: true });
    expect(await check('hooks_allowed')).toMatchObject({ status: 'fail' });
  });

  it('fail where one for a tool call is missing, and warn for another event', async () => {
    const hooks = [{ hooks: [{ type: 'command', command: script() }] }];
    writeSettings(sample, { hooks: { PreToolUse: hooks } });
    expect(await check('hooks_registered')).toMatchObject({ status: 'fail' });
    writeSettings(sample, { hooks: { PreToolUse: hooks, PostToolUse: hooks } });
    expect(await check('hooks_registered')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining(
        '2 of 17 events in the user settings; without a hook: PostToolUseFailure, ',
      ),
    });
  });

  it('are only those the version of Claude Code knows', async () => {
    writeHooks(sample, { command: script() });
    expect(await check('hooks_registered', {}, '1.0.60')).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(
        /^7 of 7 events in the user settings; Claude Code 1\.0\.60 does not know .*PostToolBatch/,
      ),
    });
  });

  it('may be registered twice', async () => {
    const hooks = [{ hooks: [{ type: 'command', command: script() }] }];
    writeSettings(sample, {
      hooks: { Stop: hooks },
      enabledPlugins: { 'claude-pattern-tracker@x': true },
    });
    expect(await check('registered_by')).toEqual({
      status: 'ok',
      found: 'user settings and plugin: each event is still counted once',
    });
  });

  it('fail where their file is missing, or not executable', async () => {
    writeHooks(sample, { command: `'${script()}' ensure` });
    expect(await check('hook_files')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('is missing'),
    });
    mkdirSync(join(sample.paths.home, 'hooks'), { recursive: true });
    writeFileSync(script(), '#!/bin/sh\n', { mode: 0o644 });
    expect(await check('hook_files')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('is not executable'),
    });
    chmodSync(script(), 0o755);
    expect(await check('hook_files')).toMatchObject({ status: 'ok' });
  });
});

describe('an installation by the plugin alone', () => {
  beforeEach(() => {
    writeSettings(sample, { enabledPlugins: { 'pattern-tracker@pattern-tracker': true } });
  });

  it('is said to be one, and to bring its own files', async () => {
    expect(await check('hooks_registered')).toEqual({
      status: 'ok',
      found: 'by the plugin pattern-tracker@pattern-tracker',
    });
    expect(await check('hook_files')).toEqual({
      status: 'ok',
      found: 'the plugin pattern-tracker@pattern-tracker brings its own',
    });
    expect(await check('native_module')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('brings its own'),
    });
    expect(await check('courier')).toMatchObject({
      status: 'warn',
      mend: 'Start Claude Code: the first event creates it.',
    });
  });
});

describe('the program of the plugin', () => {
  const root = () => join(sample.folder, 'plugin');
  /** What the check finds when the plugin's own command line runs it. */
  const ownCheck = (id: string, env = { HOME: sample.folder, PATH }) =>
    check(id, { env, program: join(root(), 'dist', 'cli.mjs') });
  beforeEach(() => {
    writeSettings(sample, { enabledPlugins: { 'pattern-tracker@pattern-tracker': true } });
    for (const file of ['.claude-plugin/plugin.json', 'dist/courier.cjs', 'bin/pattern-tracker']) {
      mkdirSync(dirname(join(root(), file)), { recursive: true });
      writeFileSync(join(root(), file), '');
    }
  });

  it('looks at its own files, not at those of an installation beside it', async () => {
    putModule(sqlitePackage(process.versions['napi']), DATABASE);
    expect(await ownCheck('native_module')).toMatchObject({
      status: 'fail',
      found: 'better-sqlite3 is not there, or was never built',
      mend: expect.stringContaining('/pattern-tracker:setup'),
    });
  });

  it('runs on the Node.js that built it, while that is there', async () => {
    symlinkSync(process.execPath, join(root(), 'node'));
    expect(await ownCheck('node')).toMatchObject({
      status: 'ok',
      found: expect.stringContaining(realpathSync(process.execPath)),
    });
    rmSync(join(root(), 'node'));
    symlinkSync('/gone/node', join(root(), 'node'));
    expect(await ownCheck('node')).toMatchObject({
      status: 'warn',
      mend: expect.stringContaining('npm run build'),
    });
  });

  it('says how to run it in a terminal, and recognises the link', async () => {
    expect(await ownCheck('path', { HOME: sample.folder, PATH: '' })).toMatchObject({
      status: 'warn',
      mend: expect.stringContaining(`ln -s '${root()}/bin/pattern-tracker'`),
    });
    const bin = join(sample.folder, '.local/bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(join(root(), 'bin/pattern-tracker'), join(bin, 'pattern-tracker'));
    expect(await ownCheck('path', { HOME: sample.folder, PATH: '' })).toMatchObject({
      mend: expect.stringContaining('export PATH='),
    });
  });
});

describe('node', () => {
  it('fails where the one that was linked is too old, or does not run', async () => {
    mkdirSync(sample.paths.home, { recursive: true });
    const link = join(sample.paths.home, 'node');
    writeFileSync(link, '#!/bin/sh\necho v20.18.3\n', { mode: 0o755 });
    expect(await check('node')).toMatchObject({ status: 'fail', found: 'v20.18.3 is too old' });
    writeFileSync(link, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(await check('node')).toMatchObject({ status: 'fail' });
  });

  it('warns where the link leads nowhere and another is on PATH', async () => {
    mkdirSync(sample.paths.home, { recursive: true });
    symlinkSync('/gone/node', join(sample.paths.home, 'node'));
    expect(await check('node')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('leads nowhere'),
    });
  });
});

describe('native_module', () => {
  it.each([
    [
      "throw new Error('was compiled against a different Node.js version using NODE_MODULE_VERSION 1')",
      'for another Node.js',
    ],
    ["throw Object.assign(new Error('gone'), { code: 'MODULE_NOT_FOUND' })", 'is not there'],
    ["throw new Error('something else')", 'does not open a database: Error: something else'],
  ])('tells %s apart', async (text, found) => {
    putModule(sqlitePackage(process.versions['napi']), text);
    expect(await check('native_module')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining(found),
      mend: expect.stringContaining('./install.sh'),
    });
  });

  it.each([
    ['9', 'better-sqlite3-12'],
    ['10', 'better-sqlite3'],
  ])('opens a database with the package for Node-API %s', async (nodeApi, name) => {
    putModule(name, DATABASE);
    putNode(nodeApi);
    expect(await check('native_module')).toEqual({ status: 'ok', found: `SQLite of ${name}` });
  });

  it.each([
    ['9', 'better-sqlite3'],
    ['10', 'better-sqlite3-12'],
  ])('fails where Node-API is %s now and %s is installed', async (nodeApi, name) => {
    putModule(name, DATABASE);
    putNode(nodeApi);
    expect(await check('native_module')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('for another Node.js'),
    });
  });

  it('fails where nothing is installed', async () => {
    expect(await check('native_module')).toMatchObject({ status: 'fail' });
  });
});

describe('courier', () => {
  it('fails with its own words where it lives and can not ingest', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    const state = { pid: process.pid, status: 'degraded', reason: 'disk full', hint: 'Make room.' };
    writeFileSync(sample.paths.courierState, JSON.stringify(state));
    writeHint(sample.paths.courierHint, hintText(process.pid));
    expect(await check('courier')).toEqual({
      status: 'fail',
      found: `pid ${process.pid} cannot ingest: disk full`,
      mend: 'Make room.',
    });
    rmSync(sample.paths.courierHint);
  });

  it('is not started where nothing is installed', async () => {
    expect(await check('courier')).toMatchObject({ status: 'warn' });
  });
});

describe('storage', () => {
  it('leaves no probe in the spool', async () => {
    sample.makeSpool();
    expect(await check('spool_writable')).toMatchObject({ status: 'ok' });
    rmSync(sample.paths.spoolTmp, { recursive: true });
    writeFileSync(sample.paths.spoolTmp, 'a file where a folder should be');
    expect(await check('spool_writable')).toMatchObject({ status: 'fail' });
  });

  it('warns where others may read', async () => {
    sample.makeSpool();
    chmodSync(sample.paths.data, 0o700);
    expect(await check('permissions')).toMatchObject({ status: 'ok' });
    writeFileSync(join(sample.paths.data, 'tracker.db'), '', { mode: 0o600 });
    chmodSync(join(sample.paths.data, 'tracker.db'), 0o644);
    expect(await check('permissions')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('tracker.db (mode 644)'),
    });
  });

  it('warns for a spool that is not worked off, and for what was lost', async () => {
    sample.makeSpool();
    writeFileSync(join(sample.paths.spoolNew, 'a'), '');
    const later = { now: () => Date.now() + HOUR };
    expect(await check('backlog', { now: Date.now })).toMatchObject({ status: 'ok' });
    expect(await check('backlog', later)).toMatchObject({ status: 'warn' });
    writeFileSync(sample.paths.spoolFull, '');
    expect(await check('backlog')).toMatchObject({ status: 'fail' });
    expect(await check('quarantine')).toMatchObject({ status: 'ok' });
    writeFileSync(join(sample.paths.spoolBad, 'a.not-json'), '');
    expect(await check('quarantine')).toMatchObject({ status: 'warn' });
    noteEvicted(sample.database, 2, NOW - HOUR);
    expect(await check('quarantine')).toMatchObject({
      status: 'warn',
      found: '1 file that could not be ingested; 2 files removed or cut for good, the last 1 h ago',
    });
    expect(await check('drops')).toMatchObject({
      status: 'warn',
      found: 'none are known, but on a full disk not all could be counted',
    });
    writeFileSync(sample.paths.drops, '\n');
    expect(await check('drops')).toMatchObject({ status: 'ok' });
    writeFileSync(sample.paths.drops, '\nwf');
    expect(await check('drops')).toMatchObject({ status: 'warn' });
  });
});

describe('database', () => {
  it('fails where the file is none', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    writeFileSync(sample.paths.database, 'x'.repeat(5000));
    expect(await check('database')).toMatchObject({ status: 'fail' });
  });

  it('fails where pages are damaged', async () => {
    for (let index = 0; index < 500; index++) sample.event(`e${index}`, 'session-1', 'Stop');
    sample.database.pragma('journal_mode = DELETE');
    sample.close();
    const bytes = readFileSync(sample.paths.database);
    bytes.fill(0xff, bytes.length - 8192);
    writeFileSync(sample.paths.database, bytes);
    expect(await check('database')).toMatchObject({
      status: 'fail',
      mend: expect.stringContaining('pattern-tracker repair'),
    });
  });

  it('is as large as its file and what waits beside it', async () => {
    sample.event('e1', 'session-1', 'Stop');
    const { database } = sample.paths;
    const bytes = ['', '-wal'].map((suffix) => statSync(database + suffix).size);
    expect(bytes[1]).toBeGreaterThan(0);
    const { found } = await check('database');
    expect(found).toContain(`, ${byteText((bytes[0] ?? 0) + (bytes[1] ?? 0))}, sound`);
  });

  it('warns of one that was set aside', async () => {
    sample.database
      .prepare("INSERT INTO meta VALUES ('corrupt_moved_to', ?)")
      .run('{"path":"/old","at":1,"reason":"x"}');
    expect(await check('database')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('/old'),
    });
  });
});

describe('surroundings', () => {
  it('fail for a configuration that is not valid', async () => {
    mkdirSync(join(sample.folder, '.claude', 'hooks'), { recursive: true });
    writeFileSync(sample.paths.configFile, 'unknown: 1\n');
    expect(await check('config')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('config.yaml'),
    });
  });

  it('fail for a token file that is not there', async () => {
    mkdirSync(join(sample.folder, '.claude', 'hooks'), { recursive: true });
    writeFileSync(
      sample.paths.configFile,
      'api: { base_url: "https://host.example", token_file: /gone/token }\n',
    );
    expect(await check('config')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('nothing can be sent to the server: /gone/token'),
    });
  });

  it('warn, and break nothing, where a file stands in the place of the folder of the link', async () => {
    writeFileSync(join(sample.folder, '.local'), '');
    const env = { HOME: sample.folder, PATH: '/usr/bin:/bin' };
    expect(await check('path', { env })).toMatchObject({
      status: 'warn',
      found: '`pattern-tracker` is not on PATH',
    });
  });

  it('warn where the link is there and its folder is not on PATH', async () => {
    const bin = join(sample.folder, '.local', 'bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(join(sample.paths.home, 'dist', 'cli.mjs'), join(bin, 'pattern-tracker'));
    const env = { HOME: sample.folder, PATH: '/nowhere' };
    expect(await check('path', { env })).toMatchObject({
      status: 'warn',
      mend: `Add to your shell's start file: export PATH="${bin}:$PATH"`,
    });
    expect(await check('path', { env: { PATH: '/nowhere' } })).toMatchObject({ status: 'warn' });
  });

  it('fail for a clock that was never set, and warn for events of the future', async () => {
    expect(await check('clock', { now: () => 0 })).toMatchObject({ status: 'fail' });
    sample.session('s', { last_event_at: NOW + HOUR });
    expect(await check('clock')).toMatchObject({ status: 'warn' });
  });
});

// --- internal ---

/** Stands for the native module. */
const DATABASE = `module.exports = class {
  prepare() {
    return { pluck: () => ({ get: () => 'of ' + require('node:path').basename(__dirname) }) };
  }
};`;

function putModule(name: string, text: string): void {
  const module = join(sample.paths.home, 'node_modules', name);
  mkdirSync(module, { recursive: true });
  mkdirSync(join(sample.paths.home, 'dist'));
  writeFileSync(join(sample.paths.home, 'dist', 'courier.cjs'), '');
  writeFileSync(join(module, 'index.js'), text);
}

/** The home's own Node.js, with this version of Node-API. */
function putNode(nodeApi: string): void {
  const before = join(sample.folder, 'before.cjs');
  writeFileSync(
    before,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '${nodeApi}' } });`,
  );
  writeFileSync(
    join(sample.paths.home, 'node'),
    `#!/bin/sh\nexec '${process.execPath}' --require '${before}' "$@"\n`,
    { mode: 0o755 },
  );
}

describe('capture', () => {
  const configure = (text: string) => {
    mkdirSync(dirname(sample.paths.configFile), { recursive: true });
    writeFileSync(sample.paths.configFile, text);
  };

  it('says what is kept', async () => {
    expect(await check('capture')).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('everything') as string,
    });
    configure('capture: { content: code }\n');
    expect(await check('capture')).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('only the code') as string,
    });
  });

  it.each([
    'capture: { content: cod }\n',
    'capture: { contents: code }\n',
    'capture:\n\tcontent: code\n',
    'capture: code\n',
  ])('fails where it is not certain what may be kept: %j', async (text) => {
    configure(text);
    expect(await check('capture')).toMatchObject({ status: 'fail' });
  });

  it('is certain where something else is wrong', async () => {
    configure('unknown: 1\napi:\n  base_url: none\n');
    expect(await check('capture')).toMatchObject({ status: 'ok' });
  });
});
