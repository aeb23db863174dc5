import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lib/base/json.ts';
import { changeOf } from '../../../lib/store/queries/pattern-change.ts';
import { patternById } from '../../../lib/store/queries/patterns.ts';
import { HOUR, NOW, Sample } from '../../cli/sample-database.ts';

const OLD = 'aaaa000000000000';
const NEW = 'bbbb000000000000';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

/** Two patterns, the second written by an event over the first. */
function written(before: string, after: string, payload: JsonObject | string | null, ordinal = 0) {
  sample.pattern(OLD, before);
  sample.pattern(NEW, after, { generation: 2 });
  sample.edge(NEW, OLD);
  sample.occurrence(NEW, 'event-1', { replaced_id: OLD, ordinal });
  const text = typeof payload === 'object' && payload ? JSON.stringify(payload) : payload;
  sample.event('event-1', 'session-1', 'PostToolUse', { payload: text });
}

const post = (tool: string, input: JsonObject): JsonObject => ({
  hook_event_name: 'PostToolUse',
  session_id: 'session-1',
  tool_name: tool,
  tool_input: { file_path: '/w/a.ts', ...input },
  tool_response: { filePath: '/w/a.ts' },
});
const edit = (before: string, after: string, more: JsonObject = {}) =>
  post('Edit', { old_string: before, new_string: after, ...more });

function change(id = NEW) {
  const pattern = patternById(sample.database, id);
  const found = pattern && changeOf(sample.database, pattern);
  return found && [found.before, found.after, found.isExact];
}

describe('what a pattern changed', () => {
  it('is the replaced text within its parent, for an edit', () => {
    written('one\ntwo\nthree\n', '2', edit('two', '2'));
    expect(change()).toEqual(['one\ntwo\nthree\n', 'one\n2\nthree\n', true]);
  });

  it('is every place of an edit that replaces all', () => {
    written('a b a', 'c', edit('a', 'c', { replace_all: true }));
    expect(change()).toEqual(['a b a', 'c b c', true]);
  });

  it('is the replaced text alone where the parent had changed meanwhile', () => {
    written('one\ntwo\n', 'drei', edit('three', 'drei'));
    expect(change()).toEqual(['three', 'drei', true]);
  });

  it('is the whole file for a file that was written again', () => {
    written('one\n', 'two\n', post('Write', { content: 'two\n' }));
    expect(change()).toEqual(['one\n', 'two\n', true]);
  });

  it('is of the edit that wrote it, of several', () => {
    const edits = [
      { old_string: 'one', new_string: '1' },
      { old_string: 'two', new_string: '2' },
    ];
    written('one two', '2', post('MultiEdit', { edits }), 1);
    expect(change()).toEqual(['one two', 'one 2', true]);
  });

  it.each<[string, JsonObject | string | null]>([
    ['is pruned', null],
    ['holds another text, because it was cut', edit('two', '2[cut: 9 bytes in all]')],
    ['is of no use', { hook_event_name: 'PostToolUse', session_id: 's' }],
  ])('is the difference of whole patterns where the event %s', (_, payload) => {
    written('one\ntwo\n', '2', payload);
    expect(change()).toEqual(['one\ntwo\n', '2', false]);
  });

  it('is nothing without a parent, or with one that is not stored', () => {
    sample.pattern(OLD, 'x');
    expect(change(OLD)).toBeUndefined();
    sample.edge(OLD, 'ffff000000000000');
    expect(change(OLD)).toBeUndefined();
  });

  it('is told from the first parent of a merge', () => {
    for (const [id, position] of [
      ['cccc', 1],
      [OLD, 0],
      ['dddd', -1],
    ] as const) {
      sample.pattern(id, `code of ${id}`, { first_seen_at: NOW - 2 * HOUR });
      sample.edge(NEW, id, { position });
    }
    sample.pattern(NEW, 'merged');
    expect(change()).toEqual([`code of ${OLD}`, 'merged', false]);
  });
});
