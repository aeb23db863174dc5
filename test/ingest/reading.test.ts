// Histories of real payloads, whose right reading is known: what ran, in which file, in which lines.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hook, TestStore } from '../delivery/test-store.ts';
import type { Payload } from '../delivery/test-store.ts';

const HISTORIES = new URL('../fixtures/reading/', import.meta.url);

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

function history(name: string): Payload[] {
  const text = readFileSync(new URL(`${name}.jsonl`, HISTORIES), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Payload);
}

/** Each occurrence in one line: call, file, lines, changed lines in brackets, action, generation. */
function occurrences(): string[] {
  const rows =
    store.rows(`SELECT o.tool_use_id, o.file_path, o.start_line, o.end_line, o.changed_lines,
      o.action, p.generation
    FROM occurrences o JOIN patterns p ON p.id = o.pattern_id ORDER BY o.at, o.ordinal`);
  return rows.map((row) => {
    const lines = `${String(row['start_line'])}-${String(row['end_line'])} [${String(row['changed_lines'])}]`;
    return `${String(row['tool_use_id'])} ${String(row['file_path'])}:${lines} ${String(row['action'])} ${String(row['generation'])}`;
  });
}

const calls = () =>
  store.rows(
    'SELECT tool_use_id AS id, outcome, summary, asked, error FROM tool_calls ORDER BY at',
  );
const session = (columns: string) => store.rows(`SELECT ${columns} FROM sessions`)[0];

describe('the lines of an edit', () => {
  it.each([
    ['range-null-context', ['toolu_ctx0 /home/dev/project/a.txt:1-12 [12] created 1']],
    ['range-null-tabs', ['toolu_tab1 /home/dev/project/a.go:2-2 [2] created 1']],
    ['edit-with-tabs-has-no-lines', ['toolu_t1 /home/dev/alpha/Makefile:3-4 [4] created 1']],
    ['fragment-is-mostly-context', [expect.stringContaining(':1-5 [5] created 1')]],
    [
      'edit-over-two-fragments',
      [
        expect.stringContaining(':2-2 [2]'),
        expect.stringContaining(':5-5 [5]'),
        expect.stringContaining(':2-5 [2,5]'),
      ],
    ],
    [
      'overwrite-parent-is-last-edit',
      [
        expect.stringContaining(':1-30 [1-30] created 1'),
        expect.stringContaining(':1-1 [1] modified 2'),
        expect.stringContaining(':1-31 [31] modified'),
      ],
    ],
  ])('are right in %s, and those that changed', (name, expected) => {
    store.take(...history(name));
    expect(occurrences()).toEqual(expected);
  });

  it('are those of the file, even if a secret of several lines stands above', () => {
    const body = Array.from({ length: 8 }, (_, index) =>
      createHash('sha384').update(`line ${index}`).digest('base64'),
    );
    const key = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----', ''].join(
      '\n',
    );
    const originalFile = `${key}a\nbee();\n`;
    store.take(
      hook.edit('1', '/p/a.txt', 'bee();', 'wasp();', { tool_response: { originalFile } }),
      hook.write('2', '/p/k.txt', `${key}a\n`, { tool_response: { type: 'create' } }),
    );
    expect(occurrences()).toEqual([
      '1 /p/a.txt:12-12 [12] created 1',
      '2 /p/k.txt:1-11 [1-11] created 1',
    ]);
    expect(JSON.stringify(store.rows('SELECT code FROM patterns'))).not.toContain(body[3]);
  });

  it('are known without the file too, for a text longer than what the patch shows', () => {
    const payloads = history('range-null-context').map((payload) => {
      const response = payload['tool_response'] as Payload;
      return { ...payload, tool_response: { ...response, originalFile: null } };
    });
    store.take(...payloads);
    expect(occurrences()).toEqual(['toolu_ctx0 /home/dev/project/a.txt:1-12 [12] created 1']);
  });
});

describe('a file', () => {
  it('is one under three names', () => {
    store.take(...history('one-file-by-three-names'));
    expect(occurrences()).toEqual([
      'toolu_n1 /home/dev/alpha/a.ts:1-1 [1] created 1',
      'toolu_n2 /home/dev/alpha/a.ts:1-1 [1] modified 2',
      'toolu_n3 /home/dev/alpha/a.ts:1-1 [1] modified 3',
    ]);
  });

  it('is two in two projects, although the response names both alike', () => {
    store.take(...history('relative-path'));
    expect(occurrences()).toEqual([
      expect.stringContaining(' /home/dev/alpha/src/index.ts:'),
      expect.stringContaining(' /home/dev/beta/src/index.ts:'),
    ]);
    expect(occurrences().every((line) => line.endsWith('created 1'))).toBe(true);
  });

  it('is noted where a command changed or deleted it without showing how', () => {
    store.take(...history('bash-moves-and-many'));
    expect(
      store.rows('SELECT tool_use_id, file_path, change FROM file_changes ORDER BY at, file_path'),
    ).toEqual([
      { tool_use_id: 'toolu_mv', file_path: '/home/dev/alpha/by-user.ts', change: 'deleted' },
      ...['m6', 'm7', 'm8'].map((name) => ({
        tool_use_id: 'toolu_many',
        file_path: `/home/dev/alpha/${name}.ts`,
        change: 'changed',
      })),
    ]);
  });
});

describe('a call', () => {
  it('is what ran, and tells what Claude had asked for, in either order', () => {
    const [pre = {}, post = {}] = history('input-rewritten-by-a-hook');
    const rewritten = { summary: 'echo CHANGED > changed.ts', asked: 'echo ORIGINAL > orig.ts' };
    store.take(pre, post);
    expect(calls()).toMatchObject([{ outcome: 'ok', ...rewritten }]);
    store.take({ ...post, tool_use_id: 'toolu_r2' }, { ...pre, tool_use_id: 'toolu_r2' });
    expect(calls()[1]).toMatchObject({ outcome: 'ok', ...rewritten });
  });

  it('is not called rewritten for its batch alone', () => {
    store.take(
      hook.pre('1', 'Bash', { command: 'ls' }),
      hook.batch({ id: '1', name: 'Bash', response: 'no' }),
    );
    expect(calls()).toMatchObject([{ outcome: 'denied', summary: 'ls', asked: null }]);
  });

  it('is denied when a rule refused it, and not when it was wrong', () => {
    store.take(...history('denied-by-rule-is-called-rejected'));
    expect(calls().map(({ outcome }) => outcome)).toEqual(['denied', 'denied']);
  });

  it.each([
    ['<tool_use_error>Error: No such tool available: Nope</tool_use_error>', 'rejected'],
    [
      '<tool_use_error>String to replace not found in file.\nString: x</tool_use_error>',
      'rejected',
    ],
    ['<tool_use_error>InputValidationError: Write failed</tool_use_error>', 'rejected'],
    ['Permission to use Bash with command rm a\nb has been denied.', 'denied'],
    [
      '<tool_use_error>File is covered by a Read deny rule in your settings</tool_use_error>',
      'denied',
    ],
  ])('that was told %j is %s', (response, outcome) => {
    store.take(hook.batch({ id: '1', name: 'X', response }));
    expect(calls()).toMatchObject([{ outcome }]);
  });

  it('is denied with the reason of a PermissionDenied, whatever its batch says', () => {
    const denied = hook.event('PermissionDenied', {
      tool_name: 'Bash',
      tool_input: { command: 'touch x' },
      tool_use_id: '1',
      reason: 'Classifier unavailable',
    });
    const batch = hook.batch({ id: '1', name: 'Bash', response: 'refused' });
    store.take(denied, batch, { ...batch, tool_calls: [] });
    expect(calls()).toMatchObject([
      { outcome: 'denied', summary: 'touch x', error: 'Classifier unavailable' },
    ]);
  });

  it('is interrupted when an error of the API ended the turn', () => {
    store.take(
      hook.pre('1', 'Bash', { command: 'ls' }),
      hook.event('StopFailure', { error: 'unknown' }),
    );
    expect(calls()).toMatchObject([{ outcome: 'interrupted' }]);
    expect(session('failed_turns')).toEqual({ failed_turns: 1 });
  });
});

describe('a session', () => {
  it('counts the prompts that a person sent, by their source', () => {
    store.take(...history('prompts-nobody-typed'));
    store.take(
      {
        ...hook.event('UserPromptSubmit', { prompt: 'poll' }),
        session_id: 's',
        source: 'poll_event',
      },
      { ...hook.event('UserPromptSubmit', { prompt: '<task-notification>' }), session_id: 's' },
    );
    expect(session('prompts')).toEqual({ prompts: 1 });
  });

  it('has no subagent for the summary of /compact', () => {
    store.take(
      hook.event('SubagentStop', { agent_id: 'a1', agent_type: '' }),
      hook.event('SubagentStart', { agent_id: 'a2', agent_type: 'Explore' }),
      hook.event('SubagentStop', { agent_id: 'a2', agent_type: 'Explore' }),
      hook.event('SubagentStop', { agent_id: 'a3' }),
    );
    expect(store.rows('SELECT agent_id FROM subagents ORDER BY 1')).toEqual([
      { agent_id: 'a2' },
      { agent_id: 'a3' },
    ]);
  });

  it('keeps the latest place of its transcript, in whichever order events come', () => {
    const at = (time: number, path: string) => ({
      at: time,
      payload: hook.event('Stop', { transcript_path: path, n: time }),
    });
    store.arrive([at(1_000, '/old.jsonl'), at(3_000, '/moved.jsonl')]);
    store.arrive([at(2_000, '/old.jsonl')]);
    expect(session('transcript_path')).toEqual({ transcript_path: '/moved.jsonl' });
    store.arrive([at(5_000, '/back.jsonl'), at(4_000, '/moved.jsonl')]);
    expect(session('transcript_path')).toEqual({ transcript_path: '/back.jsonl' });
  });

  it('has its latest model, and knows when it had which', () => {
    store.arrive([
      { at: 3_000, payload: hook.event('PostModelSwitch', { from_model: 'b', to_model: 'c' }) },
      { at: 1_000, payload: hook.event('SessionStart', { source: 'startup', model: 'a' }) },
    ]);
    store.arrive([
      { at: 2_000, payload: hook.event('PostModelSwitch', { from_model: 'a', to_model: 'b' }) },
    ]);
    expect(session('model')).toEqual({ model: 'c' });
    expect(store.rows('SELECT at, model FROM session_models ORDER BY at')).toEqual([
      { at: 1_000, model: 'a' },
      { at: 2_000, model: 'b' },
      { at: 3_000, model: 'c' },
    ]);
  });

  it('waits for the user until its next event', () => {
    const waiting = () => session('waiting_at = last_event_at AS waits')?.['waits'];
    store.take(hook.event('PermissionRequest', { tool_name: 'Bash', tool_input: {} }));
    expect(waiting()).toBe(1);
    store.take(hook.event('Stop'));
    expect(waiting()).toBe(0);
    store.take(hook.event('Notification', { notification_type: 'idle_prompt', message: 'Hello?' }));
    expect(waiting()).toBe(1);
    store.take(hook.event('Notification', { notification_type: 'auth_success', message: 'In' }));
    expect(waiting()).toBe(0);
  });
});

it.each([
  ['Notification', { message: 'private words', title: 'private words' }],
  ['PostCompact', { compact_summary: 'private words' }],
  ['MessageDisplay', { delta: 'private words' }],
  ['Elicitation', { message: 'private words', requested_schema: { a: 'private words' } }],
  ['ElicitationResult', { content: { answer: 'private words' } }],
  [
    'UserPromptSubmit',
    { prompt: '<task-notification><result>private </result>words</result></task-notification>' },
  ],
  ['UserPromptSubmit', { prompt: ' <task-notification>\n<result>private words' }],
])('of a %s, no text for people is stored', (name, fields) => {
  store.take(hook.event(name, fields));
  expect(store.value('SELECT payload_text(payload) FROM events')).not.toContain('private');
});

it('knows that a cell came from the notebook that Claude wrote', () => {
  const cell = { cell_type: 'code', source: ['a = 1\n', 'b = "x"'] };
  store.take(
    hook.write('1', '/p/n.ipynb', JSON.stringify({ cells: [cell], nbformat: 4 }, null, 1)),
    hook.post(
      '2',
      'NotebookEdit',
      { notebook_path: '/p/n.ipynb', new_source: 'a = 2' },
      {
        tool_response: { edit_mode: 'replace', old_source: 'a = 1\nb = "x"', language: 'python' },
      },
    ),
  );
  expect(occurrences()[1]).toMatch(/modified 2$/);
});
