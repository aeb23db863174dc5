import { readFileSync } from 'node:fs';
import { structuredPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hookEventOf, parseHookEvent } from '../../lib/event/hook-event.ts';
import { lineChange } from '../../lib/event/line-change.ts';
import type { JsonObject } from '../../lib/base/json.ts';

function changeOf(
  tool: string,
  input: JsonObject,
  response: JsonObject = {},
  more: JsonObject = {},
) {
  const change = lineChange(
    hookEventOf({
      hook_event_name: 'PostToolUse',
      session_id: 's',
      tool_name: tool,
      tool_input: input,
      tool_response: response,
      ...more,
    }),
  );
  return change && `+${change.added} -${change.removed}`;
}

describe('the lines that a real payload changed', () => {
  it.each([
    ['post-tool-use.write', '+1 -0'],
    ['post-tool-use.write-overwrite', '+3 -3'],
    ['post-tool-use.edit', '+1 -1'],
    ['post-tool-use.notebook-edit', '+1 -1'],
    ['post-tool-use.bash-writes-files', '+2 -0'],
    ['v1.0.60/post-tool-use.write', '+1 -0'],
    ['v1.0.60/post-tool-use.multi-edit', '+2 -2'],
    ['v2.0.76/post-tool-use.edit', '+1 -1'],
    ['post-tool-use.bash', undefined],
    ['post-tool-use.read', undefined],
    ['post-tool-use-failure.bash', undefined],
    ['pre-tool-use.edit', undefined],
  ])('%s: %s', (name, expected) => {
    const change = lineChange(
      parseHookEvent(readFileSync(`test/fixtures/payloads/${name}.json`, 'utf8')),
    );
    expect(change && `+${change.added} -${change.removed}`).toBe(expected);
  });
});

describe('the lines that a response without a diff changed', () => {
  const edit = (before: string, after: string) => ({ old_string: before, new_string: after });

  it.each<[string, string, JsonObject, JsonObject, string | undefined]>([
    ['a new file', 'Write', { content: 'a\nb\n' }, { type: 'create' }, '+2 -0'],
    ['a file written again', 'Write', { content: 'a' }, { type: 'update' }, '+0 -0'],
    ['a part of a line', 'Edit', edit('x', 'y'), {}, '+1 -1'],
    ['a line in the middle', 'Edit', edit('a\nb\nc', 'a\nB\nc'), {}, '+1 -1'],
    ['a line more', 'Edit', edit('a\nc', 'a\nb\nc'), {}, '+1 -0'],
    ['lines that are gone', 'Edit', edit('a\nb\n', ''), {}, '+0 -2'],
    ['a file made by an edit', 'Edit', edit('', 'a\nb\n'), {}, '+2 -0'],
    ['several edits', 'MultiEdit', { edits: [edit('a', 'b'), edit('c', ''), 7] }, {}, '+1 -2'],
    ['no edits', 'MultiEdit', { edits: [] }, {}, undefined],
    ['a new cell', 'NotebookEdit', { edit_mode: 'insert', new_source: 'a' }, {}, '+1 -0'],
    ['a cell that is gone', 'NotebookEdit', { edit_mode: 'delete' }, { old_source: 'a' }, '+0 -1'],
    ['an odd payload', 'Edit', { old_string: 7 }, { structuredPatch: 'x' }, undefined],
  ])('%s', (_, tool, input, response, expected) => {
    expect(changeOf(tool, input, response)).toBe(expected);
  });

  it('are none where the call failed', () => {
    const input = { content: 'a' };
    expect(changeOf('Write', input)).toBe('+1 -0');
    expect(changeOf('Write', input, { interrupted: true })).toBeUndefined();
    expect(changeOf('Write', input, { success: false })).toBeUndefined();
    expect(changeOf('Write', input, {}, { error: 'no' })).toBeUndefined();
  });
});

it('balances with the number of lines before and after, with a diff and without', () => {
  const file = fc
    .array(fc.constantFrom('a', 'b', ''), { maxLength: 8 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
  const lines = (text: string) => text.split('\n').length - 1;
  fc.assert(
    fc.property(file, file, (before, after) => {
      fc.pre(before !== '');
      const { hunks } = structuredPatch('f', 'f', before, after);
      const patch = { structuredPatch: JSON.parse(JSON.stringify(hunks)) as JsonObject[] };
      const input = { old_string: before, new_string: after };
      for (const response of [patch, {}]) {
        const [, added, removed] =
          /^\+(\d+) -(\d+)$/.exec(changeOf('Edit', input, response) ?? '') ?? [];
        expect(Number(added) - Number(removed)).toBe(lines(after) - lines(before));
      }
    }),
  );
});
