import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tellSession } from '../../lib/transcript/claude-code/session-teller.ts';
import type { Told, ToldCall, ToldTurn } from '../../lib/transcript/told.ts';
import { findSessions } from '../../lib/transcript/claude-code/transcript-files.ts';
import { FORK, REAL_TRANSCRIPTS, Records, SESSION, TranscriptFolder } from './sample-transcript.ts';
import type { TranscriptRecord } from './sample-transcript.ts';

let folder: TranscriptFolder;
let make: Records;
beforeEach(() => {
  folder = new TranscriptFolder();
  make = new Records();
});
afterEach(() => folder.remove());

function toldIn(path = folder.path): Told[] {
  return findSessions([path]).flatMap((session) => [...tellSession(session)]);
}

function toldOf(...records: readonly (TranscriptRecord | string)[]): Told[] {
  folder.write(`-home-dev/${SESSION}.jsonl`, ...records);
  return toldIn();
}

const calls = (told: readonly Told[]) => told.filter((one): one is ToldCall => one.kind === 'call');
const turns = (told: readonly Told[]) => told.filter((one): one is ToldTurn => one.kind === 'turn');
const names = (told: readonly Told[]) => turns(told).map(({ name }) => name);

describe('a call', () => {
  const write = { file_path: '/home/dev/project/a.ts', content: 'a\n' };

  it('becomes the events that hooks are given, with its own times and place', () => {
    const response = { type: 'create', filePath: write.file_path, content: 'a\n' };
    const [call] = calls(
      toldOf(make.prompt('go'), make.calls([['t1', 'Write', write]]), make.result('t1', response)),
    );
    const common = {
      session_id: SESSION,
      transcript_path: join(folder.path, '-home-dev', `${SESSION}.jsonl`),
      cwd: '/home/dev/project',
      tool_name: 'Write',
      tool_input: write,
      tool_use_id: 't1',
    };
    expect(call).toMatchObject({ outcome: 'ok', toolUseId: 't1', permission: undefined });
    expect(call?.begin?.payload).toMatchObject({ ...common, hook_event_name: 'PreToolUse' });
    expect(call?.end?.payload).toMatchObject({
      ...common,
      hook_event_name: 'PostToolUse',
      tool_response: response,
    });
    expect((call?.end?.at ?? 0) - (call?.begin?.at ?? 0)).toBe(1000);
  });

  it.each([
    ['failed', 'Exit code 1', {}, ['PreToolUse', 'PostToolUseFailure']],
    [
      'failed',
      'This command requires approval',
      { permissionDecision: { decision: 'accept', source: 'config' } },
      ['PreToolUse', 'PostToolUseFailure'],
    ],
    [
      'rejected',
      '<tool_use_error>String to replace not found in file.</tool_use_error>',
      {},
      [undefined, 'PostToolBatch'],
    ],
    [
      'denied',
      '<tool_use_error>Error: No such tool available: WebFetch. WebFetch is disabled for this session</tool_use_error>',
      {},
      [undefined, 'PostToolBatch'],
    ],
    [
      'denied',
      'sure?',
      { permissionDecision: { decision: 'reject', source: 'user' } },
      ['PreToolUse', 'PostToolBatch'],
    ],
    ['denied', 'no', { toolDenialKind: 'user-rejected' }, ['PreToolUse', 'PostToolBatch']],
    [
      'denied',
      "The user doesn't want to proceed with this tool use.",
      {},
      ['PreToolUse', 'PostToolBatch'],
    ],
    [
      'denied',
      "touch in '/elsewhere/a.txt' was blocked. For security, …",
      {},
      ['PreToolUse', 'PostToolBatch'],
    ],
    [
      'denied',
      'Permission to use Bash with command rm x has been denied.',
      {},
      ['PreToolUse', 'PostToolBatch'],
    ],
    [
      'interrupted',
      '[Request interrupted by user for tool use]',
      {},
      ['PreToolUse', 'PostToolUseFailure'],
    ],
    [
      'interrupted',
      '[Tool call interrupted: …]',
      { toolDenialKind: 'interrupted' },
      ['PreToolUse', undefined],
    ],
  ])('is %s by the words: %s', (outcome, text, fields, events) => {
    const [call] = calls(
      toldOf(make.calls([['t1', 'Bash', {}]]), make.failure('t1', text, fields)),
    );
    expect(call?.outcome).toBe(outcome);
    expect([call?.begin, call?.end].map((event) => event?.payload['hook_event_name'])).toEqual(
      events,
    );
  });

  it('that was interrupted while it ran has its response all the same', () => {
    const [call] = calls(
      toldOf(make.calls([['t1', 'Bash', {}]]), make.result('t1', { interrupted: true })),
    );
    expect(call).toMatchObject({
      outcome: 'interrupted',
      end: { payload: { hook_event_name: 'PostToolUse' } },
    });
  });

  it('says that a file is new as hooks do, where only its words say so, as of subagents', () => {
    const response = (content: unknown, told: unknown) => {
      const { message: _, ...end } = make.result('t1', told);
      const message = { content: [{ type: 'tool_result', tool_use_id: 't1', content }] };
      return calls(toldOf(make.calls([['t1', 'Write', write]]), { ...end, message }))[0]?.end
        ?.payload['tool_response'];
    };
    const created = `File created successfully at: ${write.file_path} (file state is current)`;
    const asHooks = {
      type: 'create',
      filePath: write.file_path,
      content: write.content,
      structuredPatch: [],
      originalFile: null,
    };
    expect(response(created, undefined)).toEqual(asHooks);
    expect(response([{ type: 'text', text: created }], undefined)).toEqual(asHooks);
    expect(response(created, { type: 'update' })).toEqual({ type: 'update' });
    expect(response('The file has been updated.', undefined)).toBe('The file has been updated.');
  });

  it('may have its result in another file, if its session has two', () => {
    const [call, end] = [make.calls([['t1', 'Bash', {}]]), make.result('t1', {})];
    folder.write(`-z/${SESSION}.jsonl`, call);
    folder.write(`-a/${SESSION}.jsonl`, end);
    expect(calls(toldIn()).at(-1)).toMatchObject({ toolUseId: 't1', outcome: 'ok' });
  });

  it('without a time is of the time of the record before it', () => {
    const [before, call] = [make.prompt('go'), make.calls([['t1', 'Bash', {}]])];
    const told = toldOf(before, { ...call, timestamp: undefined }, make.result('t1', {}));
    expect(calls(told)[0]?.askedAt).toBe(Date.parse(String(before['timestamp'])));
  });

  it('of which no result is told has begun only, and so it has before the next prompt', () => {
    const [before, after] = calls(toldOf(make.calls([['t1', 'Bash', {}]]), make.prompt('next')));
    expect(before).toMatchObject({ outcome: 'running', end: undefined });
    expect(after?.begin?.key).toBe(before?.begin?.key);
  });

  it('without a response, as in subagents and old versions, has the text that the model was told', () => {
    const [call] = calls(
      toldOf(make.calls([['t1', 'Write', write]]), make.result('t1', undefined)),
    );
    expect(call?.end?.payload['tool_response']).toBe('ok');
  });

  it('has its own response only, where one record tells of several results', () => {
    const both = make.calls([
      ['t1', 'Bash', {}],
      ['t2', 'Bash', {}],
    ]);
    const content = ['t1', 't2'].map((id) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: `of ${id}`,
    }));
    const results = make.record('user', {
      message: { content },
      toolUseResult: { stdout: 'whose?' },
    });
    const ended = calls(toldOf(both, results));
    expect(ended.map(({ end }) => end?.payload['tool_response'])).toEqual(['of t1', 'of t2']);
  });

  it('keeps who decided in words, and no text', () => {
    const decision = {
      decision: 'reject',
      source: 'hook',
      reasonType: 'hook',
      reasonCode: 'a text with blanks',
    };
    const [call] = calls(
      toldOf(
        make.calls([['t1', 'Bash', {}]]),
        make.failure('t1', 'no', { permissionDecision: decision }),
      ),
    );
    expect(call?.permission).toEqual({ decision: 'reject', source: 'hook', reason: 'hook' });
  });
});

describe('a turn', () => {
  it('has the prompt, its end once for all blocks of the answer, and no more', () => {
    const done = make.done();
    const told = toldOf(make.prompt('go'), done, { ...done, uuid: 'second-block' });
    expect(names(told)).toEqual(['UserPromptSubmit', 'Stop']);
    expect(turns(told)[0]?.payload).toMatchObject({
      prompt: 'go',
      source: 'sdk',
      prompt_id: 'prompt-1',
    });
    expect(JSON.stringify(told)).not.toContain('Done.');
  });

  it.each([
    ['a summary', { isCompactSummary: true }, 'This session is being continued'],
    ["Claude Code's own text", { isMeta: true }, 'text'],
    ['a command of its own', {}, '<command-name>/compact</command-name>'],
    ['what that printed', {}, '<local-command-stdout>Compacted</local-command-stdout>'],
    ['an interruption', {}, '[Request interrupted by user]'],
  ])('is not begun by %s', (_, fields, text) => {
    expect(names(toldOf(make.prompt(text, fields)))).toEqual([]);
  });

  it.each([
    ['and this'],
    [
      [
        { type: 'text', text: 'and this' },
        { type: 'image', source: {} },
      ],
    ],
  ])('may have prompts that were typed while Claude was at work: %j', (prompt) => {
    const attachment = { type: 'queued_command', prompt };
    expect(turns(toldOf(make.record('attachment', { attachment })))[0]?.payload['prompt']).toBe(
      'and this',
    );
  });

  it('ends otherwise after an error of the API, and with a compaction at the time that it began', () => {
    const error = make.answer([], 'stop_sequence', {
      isApiErrorMessage: true,
      error: 'rate_limit',
    });
    const compactMetadata = { trigger: 'auto', durationMs: 500 };
    const boundary = make.record('system', { subtype: 'compact_boundary', compactMetadata });
    const told = turns(toldOf(error, boundary));
    expect(told.map(({ name, payload }) => [name, payload['error'] ?? payload['trigger']])).toEqual(
      [
        ['StopFailure', 'rate_limit'],
        ['PreCompact', 'auto'],
      ],
    );
    expect((told[1]?.at ?? 0) - (told[0]?.at ?? 0)).toBe(500);
  });

  it('of another session is told as that of the other, in a fork that begins with a copy', () => {
    const copied = { requestSessionId: SESSION };
    const fork = new Records(FORK);
    folder.write(
      `-home-dev/${FORK}.jsonl`,
      fork.prompt('one'),
      fork.calls([['t1', 'Bash', {}]], copied),
      fork.result('t1', {}),
      fork.done(copied),
      fork.prompt('two'),
      fork.calls([['t2', 'Bash', {}]]),
      fork.result('t2', {}),
      fork.done(),
    );
    const told = toldIn();
    expect(turns(told).map(({ name, sessionId }) => [name, sessionId])).toEqual([
      ['UserPromptSubmit', SESSION],
      ['Stop', SESSION],
      ['UserPromptSubmit', FORK],
      ['Stop', FORK],
    ]);
    expect(calls(told).map(({ toolUseId, sessionId }) => [toolUseId, sessionId])).toEqual([
      ['t1', SESSION],
      ['t2', FORK],
    ]);
  });
});

describe('a record that changes earlier ones', () => {
  const change = (type: string, fields: object) => ({ type, sessionId: SESSION, ...fields });
  const prompts = (told: readonly Told[]) =>
    turns(told).flatMap(({ payload: { prompt } }) => prompt ?? []);

  it('takes no call away, and brings those of the new record', () => {
    const first = make.calls([['t1', 'Bash', { command: 'one' }]]);
    const second = make.calls([['t2', 'Bash', { command: 'two' }]]);
    const third = make.calls([['t3', 'Bash', { command: 'three' }]]);
    const told = toldOf(
      first,
      change('replace-by-uuid', { uuid: first['uuid'], message: second }),
      make.result('t1', {}),
      make.result('t2', {}),
      change('remove-by-uuid', { uuid: first['uuid'] }),
      change('insert-after-uuid', {
        uuid: first['uuid'],
        messages: [third, null, make.result('t3', {})],
      }),
    );
    expect(calls(told).map(({ toolUseId, outcome }) => [toolUseId, outcome])).toEqual([
      ['t1', 'ok'],
      ['t2', 'ok'],
      ['t3', 'ok'],
    ]);
  });

  it('leaves a prompt as it stood when Claude answered it', () => {
    const [mistyped, withdrawn, answered] = [
      make.prompt('mistyped'),
      make.prompt('withdrawn'),
      make.prompt('answered'),
    ];
    const told = toldOf(
      mistyped,
      withdrawn,
      answered,
      change('replace-by-uuid', { uuid: mistyped['uuid'], message: make.prompt('typed') }),
      change('remove-by-uuid', { uuid: withdrawn['uuid'] }),
      make.done(),
      change('remove-by-uuid', { uuid: answered['uuid'] }),
      change('replace-by-uuid', {
        uuid: mistyped['uuid'],
        message: make.prompt('shown in its place'),
      }),
      make.done(),
    );
    expect(prompts(told)).toEqual(['typed', 'answered']);
  });

  it('may be of any form', () => {
    const nested = change('replace-by-uuid', { uuid: 'x', message: make.prompt('nested') });
    const told = toldOf(
      change('replace-by-uuid', {}),
      change('replace-by-uuid', { uuid: 5, message: [] }),
      change('insert-after-uuid', { uuid: 'x', messages: [nested] }),
      change('remove-by-uuid', {}),
      make.done(),
    );
    expect(names(told)).toEqual(['Stop']);
  });
});

describe('a subagent', () => {
  it('is no person, also in versions that wrote it between what its session did', () => {
    const old = { isSidechain: true, version: '1.0.60' };
    const told = toldOf(
      make.prompt('go'),
      make.calls([['t1', 'Task', {}]]),
      make.prompt('look around', old),
      make.calls([['t2', 'Bash', {}]], old),
      make.result('t2', undefined, old),
      make.done(old),
      make.result('t1', {}),
      make.done(),
    );
    expect(
      turns(told).map(({ payload }) => payload['prompt'] ?? payload['hook_event_name']),
    ).toEqual(['go', 'Stop']);
    expect(calls(told).map(({ toolUseId, outcome }) => `${toolUseId} ${outcome}`)).toEqual([
      't2 ok',
      't1 ok',
    ]);
  });

  it('works between what its session does, under its own id and with its place in the tree', () => {
    const main = [make.calls([['t1', 'Agent', {}]])];
    const own = [make.calls([['t2', 'Bash', {}]]), make.result('t2', undefined)];
    main.push(make.result('t1', {}));
    folder.write(`-p/${SESSION}.jsonl`, ...main);
    folder.write(`-p/${SESSION}/subagents/agent-a1.jsonl`, ...own);
    folder.write(`-p/${SESSION}/subagents/agent-a1.meta.json`, {
      agentType: 'Explore',
      toolUseId: 't1',
      finished: true,
    });
    const told = toldIn().filter(({ kind }) => kind !== 'message');
    expect(
      told.map((one) => ('toolUseId' in one ? `${one.kind} ${one.toolUseId}` : one.kind)),
    ).toEqual(['turn', 'agent t1', 'call t2', 'turn', 'call t1']);
    expect(names(told)).toEqual(['SubagentStart', 'SubagentStop']);
    expect(calls(told)[0]?.begin?.payload).toMatchObject({
      session_id: SESSION,
      agent_id: 'a1',
      agent_type: 'Explore',
    });
  });
});

describe('real transcripts', () => {
  interface Expected {
    readonly sessions: number;
    readonly tool_calls: number;
    readonly by_tool: Record<string, number>;
    readonly without_result: string[];
    readonly permission_rejected: number;
    readonly model_messages: number;
    readonly output_tokens: number;
    readonly input_tokens: number;
  }
  const expected = JSON.parse(
    readFileSync(join(REAL_TRANSCRIPTS, 'expected.json'), 'utf8'),
  ) as Record<string, Expected>;

  it.each(Object.entries(expected))('are told whole: %s', (set, sums) => {
    const path = join(REAL_TRANSCRIPTS, set, 'projects');
    const told = toldIn(path);
    const byId = new Map(calls(told).map((call) => [call.toolUseId, call]));
    const byTool: Record<string, number> = {};
    for (const { toolName } of byId.values()) byTool[toolName] = (byTool[toolName] ?? 0) + 1;
    const answers = new Map(
      told.flatMap((one) => (one.kind === 'message' ? [[one.messageId, one]] : [])),
    );
    const sum = (key: 'inputTokens' | 'outputTokens') =>
      [...answers.values()].reduce((all, answer) => all + answer[key], 0);
    expect({
      sessions: findSessions([path]).length,
      tool_calls: byId.size,
      by_tool: byTool,
      without_result: [...byId.values()].flatMap((call) =>
        call.outcome === 'running' ? [call.toolUseId] : [],
      ),
      permission_rejected: [...byId.values()].filter(
        (call) => call.permission?.decision === 'reject',
      ).length,
      model_messages: answers.size,
      input_tokens: sum('inputTokens'),
      output_tokens: sum('outputTokens'),
    }).toEqual({
      sessions: sums.sessions,
      tool_calls: sums.tool_calls,
      by_tool: sums.by_tool,
      without_result: sums.without_result,
      permission_rejected: sums.permission_rejected,
      model_messages: sums.model_messages,
      input_tokens: sums.input_tokens,
      output_tokens: sums.output_tokens,
    });
  });
});
