// The plugin in the real Claude Code: installed, used, updated and removed as the README says.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup as build } from '../build-once.ts';
import { installClaude } from './harness/claude-install.ts';
import { CLAUDE_ENV, runClaude } from './harness/claude-run.ts';
import { CHECKOUT, trackerIn } from './harness/installed-tracker.ts';
import { installNode } from './harness/node-install.ts';
import { until } from '../support/until.ts';
import { readCounters, readRecorded } from './harness/recorded.ts';
import { makeSandbox } from './harness/sandbox.ts';
import type { Script } from './harness/scripted-model.ts';
import { CLAUDE_CURRENT, NODES } from './harness/versions.ts';

const run = promisify(execFile);
const ID = 'pattern-tracker@pattern-tracker';

beforeAll(() => build());

describe.each(NODES)('the plugin of a built checkout, on Node.js %s', (version) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(version);
    await stage.copy('built');
    await stage.add();
  });
  afterAll(() => stage.clear());

  it('records a session', async () => {
    const { sessionId, stderr } = await stage.session('Bash', { command: 'true' });
    expect(stderr).toBe('');
    expect(await stage.tracker.settle()).toEqual({ waiting: 0, bad: 0, drops: '' });
    const { events } = readRecorded(stage.tracker.paths.database, sessionId);
    expect(events).toMatchObject({ SessionStart: 1, PreToolUse: 1, PostToolUse: 1, SessionEnd: 1 });
  });

  it('has its command line on the PATH of Bash', async () => {
    const run = await stage.session('Bash', { command: 'pattern-tracker status' });
    expect(run.calls[0]?.result?.text).toContain(`on, by plugin ${ID}`);
    await stage.tracker.settle();
  });

  it('passes its own doctor', async () => {
    const { stdout } = await stage
      .patternTracker('doctor', '--json')
      .catch((error: Output) => error);
    const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string }[] };
    // The link in ~/.local/bin is the user's to make.
    expect(checks.filter(({ status, id }) => status !== 'ok' && id !== 'path')).toEqual([]);
    await stage.tracker.stop();
  });

  it('goes on after an update', async () => {
    const manifest = join(stage.market, 'plugin', '.claude-plugin', 'plugin.json');
    const text = readFileSync(manifest, 'utf8');
    await writeFile(manifest, text.replace(/"version": "[^"]*"/, '"version": "99.0.0"'));
    await stage.claude('plugin', 'marketplace', 'update', 'pattern-tracker');
    expect(await stage.claude('plugin', 'update', ID)).toContain('to 99.0.0');
    const { sessionId } = await stage.session('Bash', { command: 'true' });
    await stage.tracker.settle();
    const { events } = readRecorded(stage.tracker.paths.database, sessionId);
    expect(events).toMatchObject({ PostToolUse: 1 });
  });

  it('leaves what docs/install.md says, and `pattern-tracker uninstall` takes it', async () => {
    const { database } = stage.tracker.paths;
    const before = readCounters(database)['ingested'];
    await stage.claude('plugin', 'uninstall', ID);
    await stage.claude('plugin', 'marketplace', 'remove', 'pattern-tracker');
    await stage.session('Bash', { command: 'true' });
    expect(readCounters(database)['ingested']).toBe(before);
    expect(stage.left()).toEqual(documentedLeftovers());
    const { stdout } = await stage.patternTracker('uninstall', '--purge');
    expect(stdout).toContain('claude-pattern-tracker is uninstalled.');
    expect(stage.left()).toEqual([]);
  });
});

describe('the plugin of a clone that was not built', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(NODES[0]);
    await stage.copy('unbuilt');
    await stage.add();
  });
  afterAll(() => stage.clear());

  it('records quietly, and its command line says what to do', async () => {
    const run = await stage.session('Bash', { command: 'pattern-tracker status' });
    expect(run.stderr).toBe('');
    expect(run.calls[0]?.result?.text).toMatch(/was not built[^]*npm run build/);
    expect(readdirSync(stage.tracker.paths.spoolNew).length).toBeGreaterThan(3);
  });

  it('ingests all of it once it is built', async () => {
    const waiting = readdirSync(stage.tracker.paths.spoolNew).length;
    await stage.copy('built');
    await stage.session('Bash', { command: 'true' });
    expect(await stage.tracker.settle()).toEqual({ waiting: 0, bad: 0, drops: '' });
    expect(readCounters(stage.tracker.paths.database)['ingested']).toBeGreaterThan(waiting);
  });
});

describe('the plugin of the packed package', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(NODES[1]);
    await stage.unpack();
    await stage.add();
  });
  afterAll(() => stage.clear());

  it('gets its SQLite by itself when it first runs', async () => {
    expect(existsSync(join(stage.market, 'plugin', 'node_modules'))).toBe(false);
    const { sessionId } = await stage.session('Bash', { command: 'true' });
    const { database } = stage.tracker.paths;
    await until(() => existsSync(database), 'SQLite is fetched');
    await stage.tracker.settle();
    expect(readRecorded(database, sessionId).events).toMatchObject({ PostToolUse: 1 });
  });
});

it.each(['.', 'plugin'])(
  'passes the real `claude plugin validate --strict`: %s',
  async (folder) => {
    const stage = await setStage(NODES[0]);
    try {
      expect(await stage.claude('plugin', 'validate', join(CHECKOUT, folder), '--strict')).toMatch(
        /passed/i,
      );
    } finally {
      await stage.clear();
    }
  },
);

type Stage = Awaited<ReturnType<typeof setStage>>;
type Output = { readonly stdout: string };

/** A sandbox where this Node.js is the first on PATH, and a folder to be the marketplace. */
async function setStage(version: string) {
  const claude = await installClaude(CLAUDE_CURRENT.version, process.env);
  const bin = await installNode(version, process.env);
  const made = await makeSandbox({ claude });
  const env = { ...made.env, PATH: [join(made.root, 'bin'), bin, made.env['PATH']].join(':') };
  const sandbox = { ...made, env: { ...env, ...CLAUDE_ENV } };
  const market = join(made.root, 'market');
  await mkdir(market);
  const tracker = trackerIn(sandbox);
  // Nobody listens there; it would wait long for the real one where that cannot be reached.
  const offline = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
  const options = { env: { ...sandbox.env, ...offline }, cwd: made.home };
  const inClaude = async (...args: string[]) => (await run('claude', args, options)).stdout;
  return {
    market,
    tracker,
    claude: inClaude,
    /** Puts the checkout's plugin there: as committed, or as built, but without its link to a Node.js. */
    copy: async (state: 'unbuilt' | 'built') => {
      const left = state === 'built' ? ['node'] : ['node', 'dist', 'node_modules'];
      const filter = (path: string) =>
        !left.some((name) => path === join(CHECKOUT, 'plugin', name));
      for (const folder of ['.claude-plugin', 'plugin']) {
        await cp(join(CHECKOUT, folder), join(market, folder), { recursive: true, filter });
      }
    },
    /** Puts there what `npm pack` packs. */
    unpack: async () => {
      const args = ['pack', '--ignore-scripts', '--pack-destination', made.root];
      const { stdout } = await run('npm', args, { cwd: CHECKOUT });
      const file = join(made.root, stdout.trim().split('\n').at(-1) ?? '');
      await run('tar', ['-xzf', file, '-C', market, '--strip-components=1']);
    },
    add: async () => {
      await inClaude('plugin', 'marketplace', 'add', market);
      await inClaude('plugin', 'install', ID);
    },
    session: (tool: string, input: Record<string, string>) => {
      const script: Script = { turns: [{ calls: [{ tool, input }] }] };
      return runClaude({ claude, sandbox, script });
    },
    patternTracker: (...args: string[]) =>
      run(join(market, 'plugin', 'bin', 'pattern-tracker'), args, options),
    /** What there is of us in Claude's folder, at most three levels deep in it. */
    left: () =>
      [['hooks'], ['plugins', 'cache'], ['plugins', 'data'], ['plugins', 'marketplaces']]
        .flatMap((parts) => {
          const folder = join(made.claudeFolder, ...parts);
          const names = existsSync(folder) ? readdirSync(folder) : [];
          return names.map((name) => ['~/.claude', ...parts, name].join('/'));
        })
        .filter((path) => path.includes('pattern-tracker')),
    clear: async () => {
      await tracker.stop();
      await made.remove();
    },
  };
}

/** The folders that docs/install.md lists as left. */
function documentedLeftovers(): string[] {
  const page = readFileSync(join(CHECKOUT, 'docs', 'install.md'), 'utf8');
  const plugin = page.slice(page.indexOf('\n## The plugin'));
  return [...plugin.matchAll(/^- `(~\/\.claude\/[^`]*?)\/?`/gm)].map(([, path]) => path ?? '');
}
