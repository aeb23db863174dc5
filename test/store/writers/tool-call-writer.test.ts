import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hook, TestStore } from '../../delivery/test-store.ts';
import type { Payload } from '../../delivery/test-store.ts';

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

const call = (id = 't1') =>
  store.rows(`SELECT outcome, duration_ms, error FROM tool_calls WHERE tool_use_id = '${id}'`)[0];

const bash = { command: 'make' };
const pre = hook.pre('t1', 'Bash', bash);
const post = hook.post('t1', 'Bash', bash);
const refused = hook.batch({ id: 't1', name: 'Bash', response: 'needs approval' });
const stop = hook.event('Stop');
const end = hook.event('SessionEnd', { reason: 'other' });

describe('what becomes of a tool call', () => {
  it.each<[string, string, Payload[]]>([
    ['running', 'PreToolUse', [pre]],
    ['ok', 'PostToolUse', [pre, post]],
    ['ok', 'PostToolUse that overtakes PreToolUse', [post, pre]],
    ['ok', 'PostToolUse after its batch', [pre, refused, post]],
    ['ok', 'PostToolUse after a Stop that came between', [pre, stop, post]],
    ['ok', 'a late Stop and the end of the session', [pre, post, stop, end]],
    ['failed', 'PostToolUseFailure', [pre, hook.failure('t1', 'Bash', 'Exit code 1')]],
    [
      'interrupted',
      'a failure by the user',
      [pre, hook.failure('t1', 'Bash', '', { is_interrupt: true })],
    ],
    [
      'interrupted',
      'a response that says so',
      [pre, hook.post('t1', 'Bash', bash, { tool_response: { interrupted: true } })],
    ],
    [
      'rejected',
      'only PostToolBatch',
      [hook.batch({ id: 't1', name: 'Nope', response: 'No such tool' })],
    ],
    ['denied', 'PreToolUse and PostToolBatch', [pre, refused]],
    ['denied', 'PostToolBatch that overtakes PreToolUse', [refused, pre]],
    ['denied', 'PreToolUse and Stop, where there is no PostToolBatch', [pre, stop]],
    ['denied', 'PreToolUse, PostToolBatch, Stop and the end', [pre, refused, stop, end]],
    ['interrupted', 'PreToolUse and SessionEnd', [pre, end]],
    [
      'interrupted',
      'PreToolUse and another prompt',
      [pre, hook.event('UserPromptSubmit', { prompt: 'stop that' })],
    ],
    [
      'running',
      'PreToolUse and a prompt of Claude Code itself',
      [pre, hook.event('UserPromptSubmit', { prompt: '<task-notification>…' })],
    ],
    [
      'running',
      'another agent that stops',
      [hook.pre('t1', 'Bash', bash, { agent_id: 'a1' }), stop],
    ],
    [
      'denied',
      'its own subagent that stops',
      [
        hook.pre('t1', 'Bash', bash, { agent_id: 'a1' }),
        hook.event('SubagentStop', { agent_id: 'a1' }),
      ],
    ],
  ])('is %s: %s', (outcome, _, events) => {
    store.take(...events);
    expect(call()).toMatchObject({ outcome });
    expect(store.value('SELECT count(*) FROM tool_calls')).toBe(1);
    const together = store.rows('SELECT * FROM tool_calls');

    store.remove();
    store = new TestStore();
    for (const event of events) store.take(event); // a batch each
    expect(store.rows('SELECT * FROM tool_calls')).toEqual(together);
  });

  it('takes the duration from the payload, else from the pair', () => {
    store.take(pre, hook.post('t1', 'Bash', bash, { duration_ms: 12.5 }));
    store.take(hook.pre('t2', 'Bash', bash), hook.post('t2', 'Bash', bash));
    store.take(hook.post('t3', 'Bash', bash), hook.post('t4', 'Bash', bash, { duration_ms: 1 }));
    expect(
      [call('t1'), call('t2'), call('t3'), call('t4')].map((row) => row?.['duration_ms']),
    ).toEqual([12.5, 1000, null, 1]);
  });

  it('keeps the name that the hooks give a tool, not the one of a batch', () => {
    const batch = hook.batch({ id: 't1', name: 'Task', response: 'done' });
    store.take(hook.pre('t1', 'Agent', {}), hook.post('t1', 'Agent', {}), batch);
    store.take(
      hook.batch({ id: 't2', name: 'Task', response: 'done' }),
      hook.post('t2', 'Agent', {}),
    );
    expect(store.rows('SELECT tool_name FROM tool_calls')).toEqual([
      { tool_name: 'Agent' },
      { tool_name: 'Agent' },
    ]);
  });

  it('tells what was said of a call that did not run', () => {
    store.take(
      hook.batch({
        id: 't1',
        name: 'Edit',
        response: '<tool_use_error>String to replace not found',
      }),
    );
    expect(call()).toMatchObject({ error: '<tool_use_error>String to replace not found' });
  });

  it('does not keep an error once the call turned out well', () => {
    store.take(pre, refused, post);
    expect(call()).toMatchObject({ outcome: 'ok', error: null });
  });
});

describe('calls of versions that send no tool_use_id', () => {
  const anonymous = (name: string, command: string) =>
    hook.event(name, { tool_name: 'Bash', tool_input: { command } });

  it('pairs by what was asked for, the latest open one first', () => {
    store.take(
      anonymous('PreToolUse', 'ls'),
      anonymous('PostToolUse', 'ls'),
      anonymous('PreToolUse', 'make'),
      anonymous('PreToolUse', 'ls'),
      anonymous('PostToolUse', 'ls'),
    );
    expect(
      store.rows('SELECT summary, outcome, duration_ms FROM tool_calls ORDER BY started_at'),
    ).toEqual([
      { summary: 'ls', outcome: 'ok', duration_ms: 1000 },
      { summary: 'make', outcome: 'running', duration_ms: null },
      { summary: 'ls', outcome: 'ok', duration_ms: 1000 },
    ]);
  });

  it('takes a call without answer for failed: these versions send nothing then', () => {
    store.take(anonymous('PreToolUse', 'false'), stop);
    expect(store.value('SELECT outcome FROM tool_calls')).toBe('failed');
  });
});
