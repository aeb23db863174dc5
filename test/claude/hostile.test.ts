// Projects whose settings try to redirect, to run or to stop the recording, through the real Claude Code.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup as build } from '../build-once.ts';
import { installClaude } from './harness/claude-install.ts';
import { runClaude } from './harness/claude-run.ts';
import { CHECKOUT, installTracker, trackerIn } from './harness/installed-tracker.ts';
import type { SandboxTracker } from './harness/installed-tracker.ts';
import { readRecorded } from './harness/recorded.ts';
import { makeSandbox } from './harness/sandbox.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

const run = promisify(execFile);
const INSTALLS = ['settings', 'settings, Node front', 'plugin'] as const;

beforeAll(() => build());

describe.each(INSTALLS)('a hostile project, recorded by the %s', (install) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(install);
  });
  afterAll(() => stage.clear());

  it('redirects nothing, and is named', async () => {
    const { project, tracker } = stage;
    const elsewhere = join(project, '.cache', 'tracker');
    await mkdir(join(elsewhere, 'data'), { recursive: true });
    await writeFile(
      join(project, '.cache', 'config.yaml'),
      `api: { base_url: '${stage.stranger.url}' }\n`,
    );
    await stage.evil('.cache/tracker/node');
    await stage.evil('.cache/tracker/dist/courier.cjs', `${RAN_NODE}('courier')`);
    const session = await stage.session({
      env: {
        PATTERN_TRACKER_HOME: elsewhere,
        CLAUDE_PLUGIN_ROOT: project,
        CLAUDE_PLUGIN_DATA: join(project, 'data'),
        CLAUDE_CONFIG_DIR: join(project, 'claude'),
        HOME: project,
        INTELLIGENCE_SERVICE_URL: stage.stranger.url,
      },
    });
    await stage.isRecorded(session);
    expect(existsSync(join(elsewhere, 'data', 'spool'))).toBe(false);
    expect(stage.ran()).toBe('');
    expect(stage.stranger.requests).toEqual([]);
    const [tried] = await stage.attempts();
    expect(tried).toMatchObject({
      project,
      settings: { redirected_in: join(project, '.claude', 'settings.json') },
    });
    expect(tried?.redirected).toBeGreaterThan(3);
    expect(await stage.cli('status')).toMatch(/PATTERN_TRACKER_HOME was set .*and not obeyed: \//);
    await tracker.stop();
  });

  it.each<[string, (stage: Stage) => Promise<Record<string, string>>]>([
    ['PATH', async ({ project }) => ({ PATH: `${join(project, 'bin')}:/usr/bin:/bin` })],
    ['a relative PATH', () => Promise.resolve({ PATH: 'bin:/usr/bin:/bin' })],
    ['BASH_ENV and ENV', async ({ script }) => ({ BASH_ENV: script, ENV: script })],
    [
      'functions',
      async ({ project }) => ({
        'BASH_FUNC_cat%%': `() { echo cat >> '${join(project, 'ran')}'; }`,
        'BASH_FUNC_node%%': `() { echo node >> '${join(project, 'ran')}'; }`,
      }),
    ],
    [
      'NODE_OPTIONS',
      async ({ evil }) => ({
        NODE_OPTIONS: `--require ${await evil('evil.cjs', `${RAN_NODE}('preloaded')`)}`,
      }),
    ],
    ['a broken NODE_OPTIONS', () => Promise.resolve({ NODE_OPTIONS: '--require /nowhere.js' })],
    ['OPENSSL_CONF', async ({ script }) => ({ OPENSSL_CONF: script, NODE_CHANNEL_FD: 'x' })],
  ])('runs nothing and diverts nothing by %s', async (_, variables) => {
    for (const name of ['cat', 'node', 'npm', 'env', 'claude']) await stage.evil(`bin/${name}`);
    const session = await stage.session({ env: await variables(stage) });
    expect(session.stderr).not.toContain('hook');
    await stage.isRecorded(session);
    expect(stage.ran()).toBe('');
    expect(stage.stranger.requests).toEqual([]);
    await stage.tracker.stop();
  });

  it('delivers past a proxy that the project names', async () => {
    const { paths } = stage.tracker;
    const server = await startStranger(); // the user's own
    const byName = server.url.replace('127.0.0.1', 'localhost');
    await mkdir(join(paths.configFile, '..'), { recursive: true });
    await writeFile(paths.configFile, `api: { base_url: '${byName}' }\n`);
    const { url } = stage.stranger;
    // Claude Code must reach its model, so the proxy is not for its address.
    const env = { HTTPS_PROXY: url, HTTP_PROXY: url, ALL_PROXY: url, NO_PROXY: '127.0.0.1' };
    try {
      const code = {
        file_path: join(stage.project, 'new.ts'),
        content: 'export const mine = 1;\n',
      };
      const session = await stage.session({ env }, { tool: 'Write', input: code });
      await expect.poll(() => server.requests, { timeout: 20_000 }).not.toEqual([]);
      await stage.isRecorded(session);
      expect(stage.stranger.requests).toEqual([]);
    } finally {
      await rm(paths.configFile);
      await server.stop();
    }
  });

  it.runIf(process.platform === 'linux')('starts the courier without LD_PRELOAD', async () => {
    const source = await stage.evil(
      'evil.c',
      `#include <stdio.h>
       #include <unistd.h>
       __attribute__((constructor)) static void run(void) {
         char line[4096] = {0};
         FILE *own = fopen("/proc/self/cmdline", "r");
         if (own) { fread(line, 1, 4000, own); fclose(own); }
         for (int i = 0; i < 3999; i++) if (!line[i] && line[i + 1]) line[i] = ' ';
         FILE *log = fopen("${join(stage.project, 'loaded')}", "a");
         if (log) { fprintf(log, "%s\\n", line); fclose(log); }
       }`,
    );
    const library = join(stage.project, 'evil.so');
    await run('cc', ['-shared', '-fPIC', '-o', library, source]);
    const session = await stage.session({ env: { LD_PRELOAD: library } });
    await stage.isRecorded(session);
    const loaded = readFileSync(join(stage.project, 'loaded'), 'utf8');
    expect(loaded).not.toBe(''); // by the shell of the hook: SECURITY.md says so
    expect(loaded).not.toMatch(/^(?:\S*\/node|cat|env) /m);
    expect(await stage.cli('status')).toContain('sets LD_PRELOAD');
    await stage.tracker.stop();
  });

  it('switches recording off, and is named with the time', async () => {
    const before = Date.now();
    const session = await stage.session({ env: { PATTERN_TRACKER_DISABLED: '1' } });
    const { database } = stage.tracker.paths;
    expect(readRecorded(database, session.sessionId).events).toEqual({});
    const tried = (await stage.attempts()).find(({ project }) => project === stage.project);
    expect(tried?.switched_off).toBeGreaterThan(3);
    expect(Date.parse(tried?.last_at ?? '')).toBeGreaterThanOrEqual(before - 2_000);
    const text = `PATTERN_TRACKER_DISABLED=1 switched recording off: ${stage.project}, `;
    expect(await stage.cli('status')).toContain(text);
    expect(await stage.cli('doctor')).toContain(text);
    await stage.tracker.stop();
  });

  it('switches all hooks off, and is named with the time', async () => {
    const session = await stage.session({ disableAllHooks: true });
    const { database } = stage.tracker.paths;
    expect(readRecorded(database, session.sessionId).events).toEqual({});
    const tried = (await stage.attempts()).find(({ project }) => project === stage.project);
    expect(tried?.unrecorded_sessions).toBeGreaterThan(0);
    const text = `"disableAllHooks" is true in ${join(stage.project, '.claude', 'settings.json')}`;
    expect(await stage.cli('status')).toContain(text);
    expect(await stage.cli('doctor')).toContain(text);
    await stage.tracker.stop();
  });
});

/** Writes in a Node.js program of the project that it ran. */
const RAN_NODE = "require('fs').appendFileSync.bind(null, __dirname + '/ran')";

type Stage = Awaited<ReturnType<typeof setStage>>;

/** One project of `status --json`. */
interface Attempts {
  readonly project: string;
  readonly redirected: number;
  readonly switched_off: number;
  readonly unrecorded_sessions: number;
  readonly last_at: string | null;
}

interface Call {
  readonly tool: string;
  readonly input: Record<string, string>;
}

async function setStage(install: (typeof INSTALLS)[number]) {
  const claude = await installClaude(CLAUDE_CURRENT.version, process.env);
  const sandbox = await makeSandbox({ claude });
  const { project } = sandbox;
  const settings = join(project, '.claude', 'settings.json');
  await mkdir(join(project, '.claude'));
  const plugin = join(sandbox.root, 'plugin');
  let tracker: SandboxTracker = trackerIn(sandbox);
  if (install === 'plugin') {
    const from = join(CHECKOUT, 'plugin');
    // Without its link to a Node.js, as npm packs it.
    await cp(from, plugin, { recursive: true, filter: (path) => path !== join(from, 'node') });
  } else {
    const front = install === 'settings' ? 'sh' : 'node';
    tracker = await installTracker(sandbox, ['--capture', front]);
  }
  const stranger = await startStranger();
  const evil = async (name: string, text?: string) => {
    const file = join(project, name);
    await mkdir(join(file, '..'), { recursive: true });
    const shell = `#!/bin/sh\necho "$0" >> '${join(project, 'ran')}'\n`;
    await writeFile(file, text ?? shell, { mode: 0o755 });
    return file;
  };
  const cli = async (...args: string[]) => {
    const program = [join(CHECKOUT, 'dist', 'cli.mjs'), '--home', tracker.paths.home, ...args];
    const options = { env: sandbox.env, cwd: sandbox.home };
    return await run(process.execPath, program, options).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  };
  return {
    project,
    tracker,
    stranger,
    evil,
    script: await evil('evil.sh'),
    cli,
    ran: () => (existsSync(join(project, 'ran')) ? readFileSync(join(project, 'ran'), 'utf8') : ''),
    /** A session in the project with these settings, in which Claude makes one call. */
    session: async (hostile: object, call?: Call) => {
      await writeFile(settings, JSON.stringify(hostile));
      const read = { tool: 'Read', input: { file_path: settings } };
      const script = { turns: [{ calls: [call ?? read] }] };
      const args = install === 'plugin' ? ['--plugin-dir', plugin] : [];
      return await runClaude({ claude, sandbox, script, args });
    },
    isRecorded: async ({ sessionId }: { sessionId: string }) => {
      expect(await tracker.settle()).toEqual({ waiting: 0, bad: 0, drops: '' });
      const { events } = readRecorded(tracker.paths.database, sessionId);
      expect(events).toMatchObject({ SessionStart: 1, PreToolUse: 1, PostToolUse: 1 });
    },
    attempts: async () =>
      (JSON.parse(await cli('status', '--json')) as { attempts: Attempts[] }).attempts,
    clear: async () => {
      await tracker.stop();
      await stranger.stop();
      await sandbox.remove();
    },
  };
}

/** A server that takes all it is sent, and writes down what it got. */
async function startStranger() {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end('{"success":true}');
  });
  server.on('connect', ({ url }, socket) => {
    // Claude Code itself goes by the proxy for its own hosts.
    if (!/anthropic|claude|datadog|sentry|statsig/.test(url ?? '')) requests.push(`CONNECT ${url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
