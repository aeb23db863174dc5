import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedSessions } from '../../../../lib/store/queries/live/changed-sessions.ts';
import { callsByMinute, pulseReader } from '../../../../lib/store/queries/live/session-pulse.ts';
import { countWaitingSessions } from '../../../../lib/store/queries/live/waiting-sessions.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';

const AT = Date.UTC(2026, 10, 24, 9);

let store: TestStore;

beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

describe('what a session does now', () => {
  it('is what runs, what was said last, and what failed last', () => {
    store.arrive([
      { payload: hook.event('UserPromptSubmit', { prompt: 'first' }), at: AT },
      { payload: hook.failure('toolu_1', 'Bash', 'Exit code 1\nno such file'), at: AT + 1_000 },
      { payload: hook.event('Stop'), at: AT + 2_000 },
      { payload: hook.event('UserPromptSubmit', { prompt: 'second' }), at: AT + 3_000 },
      { payload: hook.pre('toolu_2', 'Bash', { command: 'npm test' }), at: AT + 4_000 },
    ]);
    const pulse = pulseReader(store.database)('s1');
    expect(pulse.lastMark).toMatchObject({ name: 'UserPromptSubmit', at: AT + 3_000 });
    expect(pulse.lastPrompt).toBe('second');
    expect(pulse.running).toEqual([
      {
        toolUseId: 'toolu_2',
        toolName: 'Bash',
        agentId: null,
        summary: 'npm test',
        startedAt: AT + 4_000,
      },
    ]);
    expect(pulse.lastFailure).toMatchObject({ toolUseId: 'toolu_1', at: AT + 1_000 });
  });

  it('is counted by the minute', () => {
    for (const [at, minute] of [0, 0, 1, 3].entries()) {
      store.arrive([
        {
          payload: hook.post(`toolu_${at}`, 'Read', { file_path: '/a' }),
          at: AT + minute * 60_000 + 500,
        },
      ]);
    }
    expect(callsByMinute(store.database, AT, 4).get('s1')).toEqual([2, 1, 0, 1]);
    expect(callsByMinute(store.database, AT + 60_000, 4).get('s1')).toEqual([1, 0, 1, 0]);
  });
});

it('counts the sessions that wait, unless they were left long ago', () => {
  store.arrive([
    { payload: hook.event('Notification', { notification_type: 'permission_prompt' }), at: AT },
  ]);
  expect(countWaitingSessions(store.database, AT)).toBe(1);
  expect(countWaitingSessions(store.database, AT + 1)).toBe(0);
});

describe('the sessions of which something was stored', () => {
  it('are those of the events after one', () => {
    for (const session_id of ['s1', 's2', 's3']) {
      store.take(hook.event('UserPromptSubmit', { session_id, prompt: session_id }));
    }
    expect(changedSessions(store.database, 1, 10)?.toSorted()).toEqual(['s2', 's3']);
    expect(changedSessions(store.database, 3, 10)).toEqual([]);
  });

  it('are not told where there are too many, or the event is not there', () => {
    for (const session_id of ['s1', 's2', 's3']) {
      store.take(hook.event('UserPromptSubmit', { session_id, prompt: session_id }));
    }
    expect(changedSessions(store.database, 0, 2)).toBeNull();
    expect(changedSessions(store.database, 4, 10)).toBeNull();
  });
});
