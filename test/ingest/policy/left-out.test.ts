import { expect, it } from 'vitest';
import { leftOut } from '../../../lib/ingest/policy/left-out.ts';
import { reducePayload } from '../../../lib/ingest/policy/reduced-payload.ts';
import { EXCLUDED, KEPT } from '../../../lib/ingest/policy/kept.ts';

it('stands in place of a value with its size, and with a digest if that is allowed', () => {
  expect(leftOut('test', { digests: true })).toBe(
    '[left out: 4 characters, sha256 9f86d081884c7d65]',
  );
  expect(leftOut('[left out: 4 characters]', { digests: true })).toBe('[left out: 4 characters]');
  expect(leftOut(['a'], { digests: false })).toBe('[left out: 5 characters]');
});

it('stands in place of a value of any depth', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as never;
  const left = '[left out: nested too deeply]';
  expect(leftOut(deep, { digests: true })).toBe(left);
  expect(reducePayload({ deep, tool_input: { content: deep } }, KEPT.metadata)).toEqual({
    deep: left,
    tool_input: { content: left },
  });
});

it('leaves of a payload what is no text, and of the texts what is kept', () => {
  const payload = {
    session_id: 's',
    hook_event_name: 'PostToolUse',
    tool_name: 'Edit',
    duration_ms: 5,
    tool_input: { file_path: '/p/.env', old_string: 'a', new_string: 'b', replace_all: true },
    tool_response: { type: 'update', userModified: false, odd: 'c', secret: 7 },
  };
  const common = {
    session_id: 's',
    hook_event_name: 'PostToolUse',
    tool_name: 'Edit',
    duration_ms: 5,
  };
  const short = '[left out: 1 characters]';
  expect(reducePayload(payload, EXCLUDED)).toEqual({
    ...common,
    tool_input: { file_path: '/p/.env', old_string: short, new_string: short, replace_all: true },
    tool_response: {
      type: 'update',
      userModified: false,
      others: '[left out: 22 characters]',
    },
  });
  expect(reducePayload(payload, KEPT.metadata)['tool_input']).toMatchObject({
    file_path: expect.stringMatching(/^\[left out: 7 characters, sha256 [0-9a-f]{16}\]$/) as string,
  });
});
