// What Claude did in numbers, through the real hook, the courier and the command line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');
const SECRET = `sk-ant-api03-${'AbCdEf0123456789'.repeat(5)}-AAAAAAAA`;
const CODE = `export function total(items: number[]): number {
  return items.reduce((sum, item) => sum + item, 0);
}
`;

let home: TrackerHome;
let project: string;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n');
  project = join(realpathSync(home.folder), 'project');
  mkdirSync(project);
});
afterEach(async () => home.remove());

function cli(...args: string[]): string {
  return execFileSync(process.execPath, [CLI, '--home', home.paths.home, ...args], {
    cwd: project,
    env: home.env,
    encoding: 'utf8',
  });
}

function tell(id: string, name: string, call: object): void {
  const event = { session_id: 'session-1', hook_event_name: name, cwd: project, tool_use_id: id };
  home.capture(payload({ ...event, ...call }));
}

/** A Write of two functions, one of them changed again, and a command that fails with a secret in it. */
async function work(): Promise<void> {
  const path = join(project, 'cart.ts');
  const edited = CODE.replace('0);', '0) * 1.19;');
  tell('toolu_1', 'PostToolUse', {
    tool_name: 'Write',
    tool_input: { file_path: path, content: CODE },
    tool_response: { type: 'create', filePath: path, content: CODE, originalFile: null },
    duration_ms: 12,
  });
  tell('toolu_2', 'PostToolUse', {
    tool_name: 'Edit',
    tool_input: { file_path: path, old_string: '0);', new_string: '0) * 1.19;' },
    tool_response: {
      filePath: path,
      oldString: '0);',
      newString: '0) * 1.19;',
      originalFile: CODE,
      edited,
    },
    duration_ms: 30,
  });
  tell('toolu_3', 'PostToolUseFailure', {
    tool_name: 'Bash',
    tool_input: { command: `curl -H "x-api-key: ${SECRET}" https://api.example.org` },
    error: 'Exit code 22\ncurl: (22) 401',
    duration_ms: 80,
  });
  await home.settled();
}

it('stats adds up what hooks told, and verify finds the sums right', async () => {
  await work();
  expect(JSON.parse(cli('stats', '--json'))).toMatchObject({
    calls: 3,
    ok: 2,
    sessions: 1,
    edits: 2,
    lines_written: 4,
    lines_standing: 3,
    p50_ms: 30,
    failures: [{ cause: 'exit code 22', calls: 1 }],
    files: [{ file: join(project, 'cart.ts'), edits: 2 }],
  });
  cli('verify');
  cli('forget', '--session', 'session-1', '--yes');
  expect(JSON.parse(cli('stats', '--json'))).toMatchObject({
    calls: 0,
    edits: 0,
    lines_standing: 0,
    files: [],
  });
  cli('verify');
});

it('report tells of today, and its HTML stands alone', async () => {
  await work();
  expect(JSON.parse(cli('report', '--json'))).toMatchObject({
    current: { statistics: { calls: 3 }, delivery: { captured: 3, delivered: 0 } },
    previous: { statistics: { calls: 0 } },
  });
  const page = cli('report', '--weekly', '--format', 'html');
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  expect(cli('report', '--format', 'md')).toContain('| Calls | 3 | 0 |');
});

it('export writes every format, and no secret in any of them', async () => {
  await work();
  for (const [format, records] of Object.entries({
    csv: 4,
    jsonl: 3,
    cloudevents: 3,
    'agent-trace': 2,
  })) {
    const text = cli('export', '--format', format);
    const end = format === 'csv' ? '\r\n' : '\n';
    expect(text.split(end).length - 1, format).toBe(records);
    expect(text).not.toContain('AbCdEf0123456789');
    const file = join(project, `out.${format}`);
    cli('export', '--format', format, '--output', file);
    expect(readFileSync(file, 'utf8')).toBe(text);
  }
});
