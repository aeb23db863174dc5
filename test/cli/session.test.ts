import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SESSION, ToldSession } from './told-session.ts';

let told: ToldSession;
beforeEach(() => (told = new ToldSession()));
afterEach(() => {
  vi.unstubAllEnvs();
  told.remove();
});

type Entry = Readonly<Record<string, unknown>> & { readonly entries: readonly Entry[] };
interface Answer {
  readonly turns: readonly { readonly prompt: string | null; readonly entries: readonly Entry[] }[];
  readonly next: string | null;
  readonly [key: string]: unknown;
}

async function answer(...argv: string[]): Promise<Answer> {
  const { out, err, exitCode } = await told.run(['session', SESSION, '--json', ...argv]);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Answer;
}

/** The calls of each turn, those of subagents in brackets. */
async function calls(...argv: string[]): Promise<string[]> {
  const shown = (entries: readonly Entry[]): string =>
    entries
      .map(({ kind, tool_name: name, entries: inner }) => {
        const within = inner.length > 0 ? `(${shown(inner)})` : '';
        return `${kind === 'agent' ? 'agent' : String(name)}${within}`;
      })
      .join(' ');
  return (await answer(...argv)).turns.map(({ entries }) => shown(entries));
}

/** A session with two prompts, a failure, a retry, a refusal, leave that was asked for, and a subagent. */
function tellStory(): void {
  told.turn('SessionStart', { source: 'startup', model: 'claude-opus-4-6' });
  told.prompt('Add retries to the client');
  told.call('Read', { file_path: told.path('client.ts') }, { duration_ms: 5 });
  told.write('client.ts', 'export const retries = 1;\n', { duration_ms: 24 });
  const test = { command: 'npm test' };
  told.call('Bash', test, null);
  told.turn('PermissionRequest', { tool_name: 'Bash', tool_input: test });
  told.at += 9_000;
  told.tell({
    hook_event_name: 'PostToolUseFailure',
    tool_name: 'Bash',
    tool_input: test,
    tool_use_id: 'toolu_0003',
    error: 'Exit code 1\n1 failing',
    duration_ms: 2_000,
  });
  told.call('Bash', test, { duration_ms: 1_500 });
  told.turn('Stop');
  told.at += 60_000;
  told.prompt('Now find <b>flaky</b> tests');
  const agent = { agent_id: 'agent-1', agent_type: 'general-purpose' };
  const start = told.call('Agent', { description: 'find flaky tests' }, null);
  told.turn('SubagentStart', agent);
  told.call('Grep', { pattern: 'flaky' }, { duration_ms: 9 }, agent);
  told.edit('client.ts', { oldText: '1', newText: '2' }, agent);
  told.turn('SubagentStop', agent);
  told.tell({
    hook_event_name: 'PostToolUse',
    tool_name: 'Agent',
    tool_input: { description: 'find flaky tests' },
    tool_response: { agentId: 'agent-1' },
    tool_use_id: start,
    duration_ms: 80_000,
  });
  told.turn('StopFailure');
  told.turn('SessionEnd', { reason: 'other' });
}

describe('session', () => {
  it('tells prompts, calls, subagents, files and waiting', async () => {
    vi.stubEnv('TZ', 'UTC');
    tellStory();
    const { out, err } = await told.run(['session']);
    expect(err).toBe('');
    expect(out.replaceAll(/store-\w+/g, 'store')).toMatchInlineSnapshot(`
      "Session aaaa1111-1111-4111-8111-111111111111
        Project  project · ~/project
        Time     2026-11-24 09:00:01 · 1 min, ended: other
        Prompts  2
        Calls    7 calls · 6 ok · 1 failed · 1 retry · ran 1 min · +2 -1
        Waited   8 s for leave · 1 min for prompts
        Models   claude-opus-4-6
        Proof    not compared with its transcript; \`pattern-tracker reconcile\` does it

      09:00:02 · took 18 s
      Add retries to the client
        09:00:03  Read    client.ts                ok        5 ms
        09:00:05  Write   client.ts         +1 -0  ok       24 ms
        09:00:06  Bash    npm test                 failed     2 s  exit 1: 1 failing · waited 8 s for leave
        09:00:18  Bash    npm test                 ok       1.5 s  again

      09:01:21 · took 8 s · ended by an error of the API · after 1 min idle
      Now find <b>flaky</b> tests
        09:01:22  Agent   find flaky tests         ok       1 min  subagent general-purpose
        09:01:24    Grep  flaky                    ok        9 ms
        09:01:26    Edit  client.ts         +1 -1  ok        6 ms

      Files
        client.ts  +2 -1 · 2 calls
      "
    `);
  });

  it('fits a narrow terminal, however long names and prompts are', async () => {
    told.prompt('p'.repeat(10_000));
    told.write(`${'漢'.repeat(50)}/${'long'.repeat(20)}/end.ts`, 'export const one = 1;\n');
    told.write('ü.ts', 'export const one = 1;\n');
    const { out } = await told.run(['session', '--no-pager'], { isTTY: true, columns: 60 });
    const lines = out.split('\n');
    const prompt = lines.findIndex((line) => line.startsWith('ppp'));
    expect(lines[prompt]).toBe(`${'p'.repeat(400)}…`);
    for (const line of lines.toSpliced(prompt, 1)) {
      expect(stringWidth(line)).toBeLessThanOrEqual(60);
    }
    const files = lines.slice(lines.indexOf('Files') + 1, -1);
    expect(files).toHaveLength(2);
    expect(new Set(files.map((line) => stringWidth(line.slice(0, line.indexOf('+1 -0')))))).toEqual(
      new Set([stringWidth(files[0]?.slice(0, files[0].indexOf('+1 -0')) ?? '')]),
    );
    expect(files.join()).toContain('end.ts  +1 -0 · 1 call');
  });

  it('prints stable keys with --json', async () => {
    tellStory();
    const { database } = told.store;
    database
      .prepare(
        "INSERT INTO message_usage VALUES ('m1', ?, NULL, 1, 'claude-opus-4-6', 10, 20, 30, 40)",
      )
      .run(SESSION);
    database
      .prepare('INSERT INTO transcript_proofs VALUES (?, 1, 100, 1, 0, 9, 7, 6, 0, 0, 0, 1, ?)')
      .run(SESSION, '{"recording_off":1}');
    const { session, turns, ...rest } = await answer();
    expect(session).toMatchObject({
      session_id: SESSION,
      project_root: told.root,
      started_at: '2026-11-24T09:00:01.000Z',
      end_reason: 'other',
      failed_turns: 1,
    });
    expect(rest).toEqual({
      totals: {
        calls: 7,
        outcomes: { ok: 6, failed: 1, rejected: 0, denied: 0, interrupted: 0, running: 0 },
        retries: 1,
        recovered: 0,
        duration_ms: expect.any(Number),
        lines_added: 2,
        lines_removed: 1,
      },
      waiting: { permission_ms: 8_000, question_ms: 0, idle_ms: 61_000 },
      tokens: {
        answers: 1,
        input_tokens: 10,
        cache_creation_tokens: 20,
        cache_read_tokens: 30,
        output_tokens: 40,
      },
      models: [expect.objectContaining({ model: 'claude-opus-4-6', agent_id: null, answers: 1 })],
      files: [
        {
          file_path: told.path('client.ts'),
          calls: 2,
          lines_added: 2,
          lines_removed: 1,
          change: 'written',
        },
      ],
      proof: expect.objectContaining({
        transcript: 7,
        tracked: 6,
        missing: 1,
        recovered: 1,
        is_whole: true,
        reasons: { recording_off: 1 },
      }),
      next: null,
    });
    expect(turns[0]?.entries[3]).toEqual({
      kind: 'call',
      tool_use_id: 'toolu_0004',
      tool_name: 'Bash',
      agent_id: null,
      summary: 'npm test',
      asked: null,
      outcome: 'ok',
      error: null,
      at: expect.any(String),
      started_at: expect.any(String),
      ended_at: expect.any(String),
      duration_ms: 1500,
      lines_added: null,
      lines_removed: null,
      retry_of: 'toolu_0003',
      permission_ms: null,
      permission: null,
      permission_source: null,
      permission_reason: null,
      is_recovered: false,
      file_changes: [],
      patterns: [],
      started_agent: null,
      agent: null,
      entries: [],
    });
    expect(turns[1]?.entries[0]).toMatchObject({
      agent: { agent_id: 'agent-1', agent_type: 'general-purpose', tool_use_id: 'toolu_0005' },
    });
  });

  it('nests the calls of subagents in those that started them, as far as that is known', async () => {
    const inner = { agent_id: 'agent-2', agent_type: 'Explore' };
    told.call('Grep', {}, {}, { agent_id: 'agent-0' });
    told.prompt('Go');
    const outer = { agent_id: 'agent-1', agent_type: 'general-purpose' };
    told.call('Agent', { description: 'one' }, null);
    told.turn('SubagentStart', outer);
    told.call('Task', { description: 'two' }, null, outer);
    told.turn('SubagentStart', inner);
    told.call('Read', {}, {}, inner);
    told.call('Grep', {}, {}, outer);
    told.call('Bash', {});
    expect(await calls()).toEqual(['agent(Grep)', 'Agent(Task(Read) Grep) Bash']);
    const tree = told.store.database.prepare(
      'UPDATE subagents SET tool_use_id = ? WHERE agent_id = ?',
    );
    tree.run('toolu_0003', 'agent-1'); // a circle: its own call
    expect((await calls()).at(-1)).toBe('Agent(Read) agent(Task Grep) Bash');
  });

  it('says of a file what was done to it last', async () => {
    told.write('again.ts', 'export const one = 1;\n');
    told.write('gone.ts', 'export const two = 2;\n');
    told.bash('rm again.ts gone.ts', { 'again.ts': null, 'gone.ts': null });
    told.write('again.ts', 'export const three = 3;\n');
    const { files } = await answer();
    expect(files).toMatchObject([
      { file_path: told.path('again.ts'), calls: 3, change: 'written' },
      { file_path: told.path('gone.ts'), calls: 2, change: 'deleted' },
    ]);
  });

  it('shows what each call did with --diff, also once payloads are gone', async () => {
    told.prompt('Go');
    told.write('a.ts', 'export const one = 1;\nexport const two = 2;\n');
    told.edit('a.ts', { oldText: 'one = 1', newText: 'one = 11' });
    told.bash('rm a.ts', { 'a.ts': null });
    const diffs = async () =>
      (await answer('--diff')).turns.flatMap(({ entries }) =>
        entries.flatMap((entry) => entry['diffs']),
      );
    expect(await diffs()).toMatchObject([
      {
        change: 'created',
        hunks: expect.stringContaining('+export const one = 1;\n'),
        is_exact: true,
      },
      {
        file_path: told.path('a.ts'),
        change: 'modified',
        hunks:
          '@@ -1,2 +1,2 @@\n-export const one = 1;\n+export const one = 11;\n export const two = 2;\n',
        lines_added: 1,
        lines_removed: 1,
        is_exact: true,
      },
      {
        change: 'deleted',
        hunks: expect.stringContaining('-export const two = 2;\n'),
        is_exact: true,
      },
    ]);
    told.store.database.exec('UPDATE events SET payload = NULL');
    expect(await diffs()).toMatchObject([
      {
        change: 'changed',
        hunks: expect.stringContaining('+export const one = 1;\n'),
        is_exact: false,
      },
      { change: 'changed', hunks: '@@ -1 +1 @@\n+one = 11\n', is_exact: false },
      { change: 'deleted', hunks: null, is_exact: false },
    ]);
    const { out } = await told.run(['session', SESSION, '--diff']);
    expect(out).toContain('    +export const one = 1;\n');
  });

  it('goes on where a part ended', async () => {
    told.prompt('One');
    for (const command of ['a', 'b', 'c']) told.call('Bash', { command });
    told.prompt('Two');
    told.prompt('Three');
    told.call('Bash', { command: 'd' });
    const first = await answer('--limit', '2');
    expect(first.turns.map(({ prompt, entries }) => [prompt, entries.length])).toEqual([
      ['One', 2],
    ]);
    const rest = await answer('--limit', '2', '--after', first.next ?? '');
    expect(rest.turns.map(({ prompt, entries }) => [prompt, entries.length])).toEqual([
      ['One', 1],
      ['Two', 0],
      ['Three', 1],
    ]);
    expect(rest.next).toBeNull();
    expect(rest['totals']).toEqual(first['totals']);
    const { exitCode } = await told.run(['session', SESSION, '--after', 'nothing']);
    expect(exitCode).toBe(2);
  });

  it('exports a page without secrets, scripts or markup of others', async () => {
    // The rules of its time let it pass.
    const token = `ghp_${'aB3dE6gH9'.repeat(4)}`;
    told.prompt(
      '</pre><script>alert(1)</script> ![x](http://evil.example/x.png) ``` @team\n# not a heading',
    );
    told.write('a.ts', 'const html = "<img src=http://evil.example>";\n```\n');
    told.call('Bash', { command: 'echo `"\'<script>` \u001b[31m' });
    told.store.database
      .prepare('UPDATE tool_calls SET error = ? WHERE tool_use_id = ?')
      .run(`no ${token} ${token.slice(0, 9)}\u200b${token.slice(9)}`, 'toolu_0002');
    const html = (await told.run(['session', SESSION, '--export', 'html', '--diff'])).out;
    expect(html).toContain("default-src 'none'");
    expect(html).not.toContain(token);
    expect(html).toContain('[redacted:');
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => /^(?:script|img|a|link|iframe|b)$/.test(tag ?? ''))).toEqual([
      'b',
    ]);
    expect(html).toContain('&#60;script&#62;alert(1)');
    expect(html).not.toContain('\u001b');
    const markdown = (await told.run(['session', SESSION, '--export', 'markdown', '--diff'])).out;
    expect(markdown).not.toContain(token);
    expect(markdown).toContain(
      '````text\n</pre><script>alert(1)</script> ![x](http://evil.example/x.png) ``` @team\n# not a heading\n````',
    );
    // Outside of code there is nothing of it.
    const outside = markdown
      .replaceAll(/(`{3,})[^]*?\n *\1(?=\n)/g, '')
      .replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
    expect(outside).not.toMatch(/script|evil|@team|not a heading/);
  });

  it('says once that calls are recovered, if all of them are', async () => {
    told.prompt('Go');
    told.write('a.ts', 'a\n');
    told.write('b.ts', 'b\n');
    const { database } = told.store;
    const page = async () => (await told.run(['session', SESSION])).out.match(/recovered/g)?.length;
    database.exec("UPDATE tool_calls SET recovered = tool_use_id = 'toolu_0001'");
    expect(await page()).toBe(2); // among the facts, and with the call
    database.exec('UPDATE tool_calls SET recovered = 1');
    expect(await page()).toBe(1);
    const markdown = (await told.run(['session', SESSION, '--export', 'markdown'])).out;
    expect(markdown).toContain(`# Session ${SESSION}\n`);
    expect(markdown).toContain('- **Prompts**: 1\n');
    expect(markdown).toContain('\n## Files\n');
  });

  it('says so where nothing is recorded, or no session begins so', async () => {
    expect((await told.run(['session'])).err).toContain('no session is recorded');
    told.prompt('Go');
    expect((await told.run(['session', 'zzzz'])).err).toContain('no session begins with "zzzz"');
    expect((await told.run(['session', 'last', '--json', '--export', 'html'])).exitCode).toBe(2);
  });
});
