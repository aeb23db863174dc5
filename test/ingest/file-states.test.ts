// What is kept of files: without secrets, without what the policy forbids, and the same whatever comes first.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeHistory } from '../../lib/authorship/state/file-state.ts';
import { decodeChange } from '../../lib/authorship/state/stored-change.ts';
import { hook, TestStore } from '../delivery/test-store.ts';
import type { Arrival, Payload } from '../delivery/test-store.ts';

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

/** All that is kept to know who wrote which line, unpacked. */
function kept(from = store): string {
  const states = from
    .rows<{ history: Uint8Array }>('SELECT history FROM file_states')
    .map(({ history }) => decodeHistory(history));
  const changes = from
    .rows<{ change: Uint8Array }>('SELECT change FROM recent_changes')
    .map(({ change }) => decodeChange(change));
  return JSON.stringify([states, changes]);
}

const edit = (id: string, before: string, old: string, now: string, more: Payload = {}): Payload =>
  hook.edit(id, '/p/a.ts', old, now, {
    tool_response: { originalFile: before, structuredPatch: [] },
    ...more,
  });

it('holds no secret that comes together from two edits', () => {
  const halves = ['ghp_aB3dE6gH9aB3dE6g', 'H9aB3dE6gH9aB3dE6gH9'];
  const first = `let a = 1;\nconst key = "${halves[0]}";\nlet b = 2;\n`;
  store.take(
    hook.write('1', '/p/a.ts', first),
    edit('2', first, `${halves[0]}"`, `${halves.join('')}"`),
  );
  expect(kept()).toContain('let b = 2;');
  expect(kept()).not.toContain(halves[1]);
  store.remove();
  store = new TestStore();
  store.take(hook.write('1', '/p/a.ts', first), edit('2', first, '";', `${halves[1]}";`));
  expect(kept()).toContain('let b = 2;');
  expect(kept()).not.toContain(halves.join(''));
});

it('holds nothing of a file whose content is not kept', () => {
  const secret = 'the launch codes';
  store.remove();
  store = new TestStore({ capture: { exclude_paths: ['**/secret/**'] } });
  const files = ['/p/secret/a.ts', '/p/b.ts'].map((filePath) => ({
    filePath,
    created: true,
    hunks: [
      { oldStart: 1, newStart: 1, lines: [`+${filePath.includes('secret') ? secret : 'b'}`] },
    ],
  }));
  store.take(
    hook.write('1', '/p/secret/a.ts', secret),
    hook.post('2', 'Bash', { command: 'make' }, { tool_response: { bashEditDiff: { files } } }),
  );
  expect(store.rows('SELECT file_path FROM file_states')).toEqual([{ file_path: '/p/b.ts' }]);
  expect(kept()).not.toContain(secret);
  store.remove();
  store = new TestStore({ capture: { content: 'metadata' } });
  store.take(hook.write('1', '/p/a.ts', secret));
  expect(store.rows('SELECT 1 FROM file_states')).toEqual([]);
});

it('has the lines of the file as it was sent, where a secret took several', () => {
  const lines = Array.from(
    { length: 6 },
    (_, at) => `QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY${at}`,
  );
  const key = ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----'].join('\n');
  store.take(edit('1', `${key}\nfoo();\nbar();\n`, 'bar();', 'baz();'));
  expect(store.rows('SELECT start_line, end_line, changed_lines FROM occurrences')).toEqual([
    { start_line: 10, end_line: 10, changed_lines: '10' },
  ]);
  expect(kept()).not.toContain(lines[3]);
});

/** What is concluded of one file's events, which arrive in this order. */
function concluded(arrivals: readonly Arrival[]): unknown {
  const own = new TestStore();
  try {
    for (const arrival of arrivals) expect(own.arrive([arrival])).toEqual([]);
    return [
      own.rows('SELECT * FROM occurrence_parents ORDER BY event_id, ordinal, position'),
      own.rows(
        'SELECT event_id, pattern_id, action, replaced_id, authorship FROM occurrences ORDER BY event_id',
      ),
      own.rows('SELECT id, generation, lineage_id FROM patterns ORDER BY id'),
      own.rows('SELECT child_id, parent_id, position FROM lineage_edges ORDER BY 1, 2'),
    ];
  } finally {
    own.remove();
  }
}

it('comes to the same parents and generations when events are late', () => {
  const texts = [
    'one();\ntwo();\nthree();\n',
    'one();\nTWO();\nthree();\n',
    'one();\nTWO();\nTHREE();\n',
  ];
  const [a = '', b = '', c = ''] = texts;
  const events: Arrival[] = [
    { at: 1000, payload: hook.write('1', '/p/a.ts', a, { tool_response: { type: 'create' } }) },
    { at: 2000, payload: edit('2', a, 'two();', 'TWO();') },
    { at: 3000, payload: edit('3', b, 'three();', 'THREE();') },
    { at: 4000, payload: edit('4', c, 'TWO();\nTHREE();', 'four();') },
  ].map((event, at) => ({ ...event, spoolName: `${at}.settings` }));
  const expected = concluded(events);
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: 4 }), (order) => {
      expect(concluded(order)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});
