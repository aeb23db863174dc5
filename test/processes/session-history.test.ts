// What happened in a session of the real Claude Code: real payloads through the real hook, courier and command line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n')));
afterEach(() => home.remove());

/** In the order in which they happened. */
const STORY = [
  'session-start.startup',
  'user-prompt-submit',
  'pre-tool-use.write',
  'post-tool-use.write',
  'post-tool-use.edit',
  'post-tool-use.edit-replace-all',
  'post-tool-use.write-overwrite',
  'pre-tool-use.bash-failure',
  'post-tool-use-failure.bash',
  'pre-tool-use.bash-writes-files',
  'post-tool-use.bash-writes-files',
  'pre-tool-use.agent',
  'subagent-start',
  'pre-tool-use.write-in-subagent',
  'post-tool-use.write-in-subagent',
  'subagent-stop',
  'post-tool-use.agent',
  'stop',
  'session-end',
];
const SESSION = '11111111';
const ROOT = '/home/dev/project';

function cli(...args: string[]): string {
  return execFileSync(process.execPath, [CLI, '--home', home.paths.home, ...args], {
    cwd: home.folder,
    env: home.env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function tellStory(): Promise<void> {
  for (const name of STORY) {
    const text = readFileSync(`test/fixtures/payloads/${name}.json`, 'utf8');
    home.capture(JSON.stringify({ ...JSON.parse(text), session_id: SESSION, cwd: ROOT }));
  }
  await home.settled();
}

interface Timeline {
  readonly totals: { readonly calls: number; readonly outcomes: Record<string, number> };
  readonly files: readonly { readonly file_path: string }[];
  readonly turns: readonly {
    readonly prompt: string;
    readonly end: string;
    readonly entries: readonly {
      readonly tool_name: string;
      readonly outcome: string;
      readonly entries: readonly { readonly tool_name: string }[];
    }[];
  }[];
}

it('is told by session, log and diff', async () => {
  await tellStory();
  const { totals, files, turns } = JSON.parse(cli('session', SESSION, '--json')) as Timeline;
  expect(totals).toMatchObject({ calls: 8, outcomes: { ok: 7, failed: 1 } });
  expect(files.map(({ file_path: path }) => path).toSorted()).toEqual(
    ['by-subagent.txt', 'existing.txt', 'made-by-bash.txt', 'src/hello.js', 'sub/copy.txt'].map(
      (name) => `${ROOT}/${name}`,
    ),
  );
  expect(turns).toMatchObject([{ prompt: 'Run the scripted scenario', end: 'stopped' }]);
  const calls = turns[0]?.entries.map(({ tool_name: tool, outcome, entries }) => [
    tool,
    outcome,
    entries.map(({ tool_name: inner }) => inner).join(' '),
  ]);
  expect(calls).toEqual([
    ['Write', 'ok', ''],
    ['Edit', 'ok', ''],
    ['Edit', 'ok', ''],
    ['Write', 'ok', ''],
    ['Bash', 'failed', ''],
    ['Bash', 'ok', ''],
    ['Agent', 'ok', 'Write'],
  ]);
  const log = JSON.parse(cli('log', `${ROOT}/existing.txt`, '--json')) as {
    change: string;
    prompt: string;
  }[];
  expect(log.map(({ change, prompt }) => `${change}: ${prompt}`)).toEqual(
    Array(3).fill('modified: Run the scripted scenario'),
  );

  const project = join(home.folder, 'patched');
  mkdirSync(project);
  writeFileSync(join(project, 'existing.txt'), 'line one\nline two old\nline three old\n');
  execFileSync('git', ['apply', '-'], { cwd: project, input: cli('diff', SESSION) });
  const left = (name: string) => readFileSync(join(project, name), 'utf8');
  expect(left('existing.txt')).toBe('completely\nnew\ncontent\n');
  expect(left('src/hello.js')).toBe('export const hello = () => "hi";\n');
  expect(left('made-by-bash.txt')).toBe('from-bash\n');
  expect(left('sub/copy.txt')).toBe('from-bash\n');
  expect(left('by-subagent.txt')).toBe('sub\n');
});

it('is told as a page, and which lines of a commit are of it', async () => {
  await tellStory();
  const page = cli('session', 'last', '--export', 'html', '--diff');
  expect(page).toMatch(/^<!doctype html>[^]*completely[^]*<\/html>\n$/);
  expect(cli('session', 'last', '--export', 'markdown')).toContain('`src/hello.js`');

  const project = join(home.folder, 'project');
  mkdirSync(project);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: project,
      env: home.env,
    });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'One');
  const path = join(project, 'a.ts');
  const content = 'export const one = 1;\n';
  home.capture(
    JSON.stringify({
      session_id: SESSION,
      cwd: project,
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_use_id: 'toolu_a',
      tool_input: { file_path: path, content },
      tool_response: {
        type: 'create',
        filePath: path,
        content,
        structuredPatch: [],
        originalFile: null,
      },
    }),
  );
  await home.settled();
  writeFileSync(path, `${content}// by hand\n`);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Two');
  const review = execFileSync(
    process.execPath,
    [CLI, '--home', home.paths.home, 'blame', '--diff', 'HEAD~1..HEAD', '--json'],
    { cwd: project, env: home.env, encoding: 'utf8' },
  );
  expect(JSON.parse(review)).toMatchObject({
    totals: { added: 2, claude: 1, other: 1 },
    files: [
      {
        file: 'a.ts',
        ranges: [{ session_id: SESSION, tool_use_id: 'toolu_a' }, { author: 'other' }],
      },
    ],
  });
});
