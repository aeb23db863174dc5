import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseToolCall } from '../../../lib/delivery/ended-tool-call.ts';
import { Outbox } from '../../../lib/delivery/store/outbox.ts';
import { closeAbandonedCalls } from '../../../lib/store/maintenance/retention/abandoned-calls.ts';
import { ToolCallOutbox } from '../../../lib/delivery/store/tool-call-outbox.ts';
import { hook, TestStore } from '../test-store.ts';
import type { Payload } from '../test-store.ts';

let store: TestStore;
beforeEach(() => (store = new TestStore({ otlp: { endpoint: 'http://localhost:4318' } })));
afterEach(() => store.remove());

interface Row {
  readonly id: number;
  readonly body: string;
  readonly sink: string;
}

const rows = () => store.rows<Row>('SELECT * FROM outbox ORDER BY id');
const calls = () => rows().map(({ body }) => parseToolCall(body));
const outcomes = () => calls().map((call) => [call?.tool_use_id, call?.outcome]);
/** What a delivery does. */
const deliver = () => new Outbox(store.database, 'otlp').acknowledge(rows().map(({ id }) => id));

const bash = { command: 'make' };
const pre = hook.pre('t1', 'Bash', bash);
const post = hook.post('t1', 'Bash', bash, { duration_ms: 12.5 });
const refused = hook.batch({ id: 't1', name: 'Bash', response: 'needs approval' });
const stop = hook.event('Stop');
const end = hook.event('SessionEnd', { reason: 'other' });

describe('the outbox of a collector', () => {
  it('holds nothing of a call that still runs', () => {
    store.take(pre);
    expect(rows()).toEqual([]);
  });

  it('holds nothing of what capture-test makes', () => {
    const session_id = 'capture-test-1';
    store.take({ ...pre, session_id }, { ...post, session_id });
    expect(rows()).toEqual([]);
  });

  it('holds a call that has ended, as the store knows it', () => {
    store.take(
      hook.event('SubagentStart', { agent_id: 'a1', agent_type: 'Explore' }),
      hook.pre('t1', 'Bash', bash, { agent_id: 'a1' }),
      hook.failure('t1', 'Bash', 'Exit code 1', {
        agent_id: 'a1',
        duration_ms: 12.5,
        tool_input: bash,
      }),
    );
    expect(calls()).toEqual([
      {
        session_id: 's1',
        tool_use_id: 't1',
        tool_name: 'Bash',
        outcome: 'failed',
        started_at: 1_002_000,
        ended_at: 1_003_000,
        duration_ms: 12.5,
        agent_id: 'a1',
        agent_type: 'Explore',
        prompt_id: null,
        summary: 'make',
        error: 'Exit code 1',
      },
    ]);
    expect(rows()[0]).toMatchObject({
      sink: 'otlp',
      event_type: 'tool_call',
      session_id: 's1',
      created_at: 1_003_000,
      event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it.each<[string, string, Payload[]]>([
    ['ok', 'PostToolUse', [pre, post]],
    ['ok', 'PostToolUse alone', [post]],
    ['ok', 'PostToolUse that overtakes PreToolUse', [post, pre]],
    ['ok', 'PostToolUse, its batch, Stop and the end', [pre, post, refused, stop, end]],
    ['ok', 'PostToolUse after its batch', [pre, refused, post]],
    ['ok', 'PostToolUse after a Stop that came between', [pre, stop, post]],
    ['failed', 'PostToolUseFailure', [pre, hook.failure('t1', 'Bash', 'Exit code 1')]],
    [
      'interrupted',
      'a failure by the user',
      [hook.failure('t1', 'Bash', '', { is_interrupt: true })],
    ],
    ['rejected', 'only PostToolBatch', [refused]],
    ['denied', 'PreToolUse and PostToolBatch', [pre, refused]],
    ['denied', 'PostToolBatch that overtakes PreToolUse', [refused, pre]],
    ['denied', 'PreToolUse and Stop', [pre, stop]],
    ['interrupted', 'PreToolUse and SessionEnd', [pre, end]],
    ['interrupted', 'another prompt', [pre, hook.event('UserPromptSubmit', { prompt: 'no' })]],
  ])('holds one row of a call that is %s: %s', (outcome, _, events) => {
    store.take(...events);
    expect(outcomes()).toEqual([['t1', outcome]]);
    deliver();
    store.take(...events, stop, end);
    expect(rows()).toEqual([]);
  });

  it('refines a row that waits, and sends no second one after it was sent', () => {
    store.take(pre, refused);
    expect(outcomes()).toEqual([['t1', 'denied']]);
    store.take(post);
    expect(outcomes()).toEqual([['t1', 'ok']]);
    expect(calls()[0]?.duration_ms).toBe(12.5);
    store.take(hook.pre('t2', 'Bash', bash), hook.batch({ id: 't2', name: 'Bash', response: '' }));
    deliver();
    store.take(hook.post('t2', 'Bash', bash));
    expect(rows()).toEqual([]);
  });

  it('holds every call of a session that ends while they run, each free of the others', () => {
    store.take(
      hook.pre('t1', 'Bash', bash),
      hook.pre('t2', 'Read', { file_path: '/a' }),
      hook.pre('t3', 'Bash', bash, { agent_id: 'a1' }),
      end,
    );
    expect(new Map(outcomes() as [string, string][])).toEqual(
      new Map([
        ['t1', 'interrupted'],
        ['t2', 'interrupted'],
        ['t3', 'interrupted'],
      ]),
    );
    expect(store.value('SELECT count(DISTINCT lineage_id) FROM outbox')).toBe(3);
  });

  it('holds calls of versions that send no tool_use_id', () => {
    const anonymous = (name: string) =>
      hook.event(name, { tool_name: 'Bash', tool_input: { command: 'ls' } });
    store.take(anonymous('PreToolUse'), anonymous('PostToolUse'), anonymous('PreToolUse'), stop);
    expect(calls().map((call) => call?.outcome)).toEqual(['ok', 'failed']);
    expect(new Set(calls().map((call) => call?.tool_use_id)).size).toBe(2);
  });

  it('holds a call of a Claude that was killed, once its session is given up', () => {
    store.take(pre);
    const outbox = new ToolCallOutbox(store.database, 'otlp');
    closeAbandonedCalls(store.database, 1_001_000 + 2 * 86_400_000, (end) => outbox.put(end));
    expect(calls()).toMatchObject([{ outcome: 'interrupted', ended_at: 1_001_000 }]);
  });

  it('holds nothing that is a secret', () => {
    const command = 'curl -H "Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345"';
    store.take(hook.post('t1', 'Bash', { command }));
    expect(rows()[0]?.body).toContain('curl');
    expect(rows()[0]?.body).not.toContain('ghp_0123456789');
  });
});

describe('without a collector', () => {
  it.each([
    ['none is named', {}],
    ['it is to have nothing', { otlp: { endpoint: 'http://a', traces: false, logs: false } }],
    ['tracking is off', { otlp: { endpoint: 'http://a' }, pattern_tracking: { enabled: false } }],
  ])('nothing is put into the outbox: %s', (_, config) => {
    const other = new TestStore(config);
    other.take(pre, post, stop, end);
    expect(other.value('SELECT count(*) FROM outbox')).toBe(0);
    other.remove();
  });
});
