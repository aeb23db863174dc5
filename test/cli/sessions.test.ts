import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, fillSample, MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const empty = new Sample();
const sample = new Sample();
beforeAll(() => {
  fillSample(sample);
  const prompts = [
    '<task-notification>done</task-notification>',
    '\n  Make the queue faster.\nIt is too slow.',
    'Thanks',
  ];
  for (const [index, prompt] of prompts.entries()) {
    sample.event(`prompt-${index}`, '3f2a9c10-1111-4111-8111-111111111111', 'UserPromptSubmit', {
      payload: JSON.stringify({ prompt }),
    });
  }
});
afterAll(() => {
  empty.remove();
  sample.remove();
});

describe('sessions', () => {
  it('lists the one that was busy last first, and none of a test', async () => {
    const { exitCode, out } = await run(sample, 'sessions');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "SESSION   PROJECT  BRANCH  STARTED    LASTED  PROMPTS  CALLS  FAILED  PATTERNS  FILES  LINES   FIRST PROMPT
      77e0d4b2  site             5 min ago  open          1      1       0         1      1
      3f2a9c10  app      main    2 h ago    12 min        3      2       1         3      2  +12 -3  Make the queue faster. It is too slow.
      "
    `);
  });

  it('shows the test, too, with --all', async () => {
    expect((await run(sample, 'sessions --all')).out).toContain('capture-test-00000000');
  });

  it('prints an array with --json', async () => {
    const { out } = await run(sample, 'sessions --json --project app');
    expect(JSON.parse(out)).toEqual([
      {
        id: '3f2a9c10-1111-4111-8111-111111111111',
        started_at: '2026-11-24T10:00:00.000Z',
        ended_at: '2026-11-24T10:12:00.000Z',
        last_event_at: '2026-11-24T10:12:00.000Z',
        source: 'startup',
        end_reason: 'other',
        cwd: '/w/app',
        git_branch: 'main',
        transcript_path: null,
        project_root: '/w/app',
        project_name: 'app',
        model: null,
        waiting_since: null,
        failed_turns: 0,
        prompts: 3,
        tool_calls: 2,
        failed_tool_calls: 1,
        subagents: 0,
        patterns: 3,
        files: 2,
        lines_added: 12,
        lines_removed: 3,
        first_prompt: 'Make the queue faster.\nIt is too slow.',
        state: 'ended',
      },
    ]);
  });

  it('says of one without an end how it stands, and of one that must be over how long it told', async () => {
    const told = new Sample();
    try {
      const silent = (id: string, milliseconds: number, row = {}) => {
        const at = NOW - milliseconds;
        told.session(id, { started_at: at - 3 * MINUTE, last_event_at: at, ...row });
      };
      silent('a-open', 15 * MINUTE);
      silent('b-silent', 15 * MINUTE + 1);
      silent('c-waiting', DAY - 1, { waiting_at: NOW - DAY + 1 });
      silent('d-left', DAY, { waiting_at: NOW - DAY });
      silent('e-ended', 2 * DAY, { ended_at: NOW - 2 * DAY });
      const { out } = await run(told, 'sessions --json');
      const states = (JSON.parse(out) as { state: string }[]).map(({ state }) => state);
      expect(states).toEqual(['open', 'silent', 'waiting', 'no_end', 'ended']);
      const lasted = (await run(told, 'sessions')).out
        .split('\n')
        .flatMap((row) => /ago +(.*?) {2,}/.exec(row)?.[1] ?? []);
      expect(lasted).toEqual(['open', 'silent', 'waiting', '3 min, no end', '3 min']);
      expect((await run(told, 'session d-left')).out).toContain(
        '3 min to the last event · no end recorded',
      );
      expect((await run(told, 'session a-open')).out).toContain(' · open\n');
    } finally {
      told.remove();
    }
  });

  it.each([
    ['--until 1h', ['3f2a9c10']],
    ['--since 1h', ['77e0d4b2']],
    ['--since 119m --until 115m', ['3f2a9c10']], // it ran all that time
    ['--until 3h', []],
  ])('keeps to %s', async (argv, starts) => {
    const { out } = await run(sample, `sessions --json ${argv}`);
    expect((JSON.parse(out) as { id: string }[]).map(({ id }) => id.slice(0, 8))).toEqual(starts);
  });

  it('says so when there is nothing', async () => {
    expect((await run(empty, 'sessions')).out).toMatch(/^No sessions yet\./);
    expect((await run(sample, 'sessions --since 1s')).out).toBe('No sessions match.\n');
  });
});

describe('tool-calls', () => {
  it('lists the newest first', async () => {
    const { exitCode, out } = await run(sample, 'tool-calls');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "WHEN       SESSION   PROJECT  TOOL   OUTCOME   TOOK  WHAT          ERROR
      2 min ago  77e0d4b2  site     Read   running         index.html
      1 h ago    3f2a9c10  app      Bash   failed   1 min  npm test      exit 1: FAIL test/queue.test.ts
      2 h ago    3f2a9c10  app      Write  ok       16 ms  src/queue.ts
      "
    `);
  });

  it.each([
    ['--outcome failed', ['toolu_2']],
    ['--tool write', ['toolu_1']],
    ['--session 77', ['toolu_3']],
    ['--project app --limit 1', ['toolu_2']],
    ['--since 10m', ['toolu_3']],
    ['--until 10m', ['toolu_2', 'toolu_1']],
    ['--since 3h --until 2h', []], // toolu_1 began at that very moment
    ['--until 119.5m', ['toolu_1']],
    ['--session capture-test --all', ['toolu_test_1']],
  ])('keeps to %s', async (argv, ids) => {
    const { out } = await run(sample, `tool-calls --json ${argv}`);
    const calls = JSON.parse(out) as { tool_use_id: string }[];
    expect(calls.map((call) => call.tool_use_id)).toEqual(ids);
  });

  it('prints an array of stable keys with --json', async () => {
    const { out } = await run(sample, 'tool-calls --json --outcome failed');
    expect(JSON.parse(out)).toEqual([
      {
        session_id: '3f2a9c10-1111-4111-8111-111111111111',
        tool_use_id: 'toolu_2',
        tool_name: 'Bash',
        agent_id: null,
        summary: 'npm test',
        asked: null,
        file_changes: [],
        outcome: 'failed',
        error: 'Exit code 1\nFAIL test/queue.test.ts',
        started_at: null,
        ended_at: null,
        duration_ms: 61_000,
        at: '2026-11-24T10:01:00.000Z',
        lines_added: null,
        lines_removed: null,
        project_root: '/w/app',
        project_name: 'app',
      },
    ]);
  });

  it('names the outcomes there are when another is asked for', async () => {
    const { exitCode, err } = await run(sample, 'tool-calls --outcome bad');
    expect(exitCode).toBe(2);
    expect(err).toContain('ok, failed, rejected, denied, interrupted, running');
  });
});
