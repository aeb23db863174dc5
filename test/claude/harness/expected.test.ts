import { describe, expect, it } from 'vitest';

import { expectedFragments, outcomeOf, sha16 } from './expected.ts';
import type { TranscriptCall } from './transcript.ts';

function call(
  tool: string,
  input: TranscriptCall['input'],
  text = 'fine',
  isError = false,
): TranscriptCall {
  return { id: 't', tool, input, agentId: undefined, result: { isError, text, detail: undefined } };
}

describe('sha16', () => {
  it.each([
    ['export const a = 1;\n', '683314ed22112e8d'],
    ['  export const a = 1;\n  ', '683314ed22112e8d'],
    ['def a(): pass', 'd44d6e7a1df36589'],
  ])('gives the known id of %j', (code, id) => {
    expect(sha16(code)).toBe(id);
  });
});

describe('expectedFragments', () => {
  it('finds the lines at which each edit came to lie', () => {
    const calls = [
      call('Write', { file_path: '/p/a.ts', content: 'one\ntwo\nthree\n' }),
      call('Edit', { file_path: '/p/a.ts', old_string: 'two', new_string: 'zwei\ndrei' }),
      call('Edit', { file_path: '/p/a.ts', old_string: 'e', new_string: 'E', replace_all: true }),
    ];
    expect(expectedFragments(calls, new Map()).map(({ places }) => places)).toEqual([
      [{ start: 1, end: 3 }],
      [{ start: 2, end: 3 }],
      [1, 2, 3, 4, 4].map((line) => ({ start: line, end: line })),
    ]);
  });

  it('leaves out what failed and what is blank', () => {
    const calls = [
      call('Write', { file_path: '/p/a.ts', content: 'one' }, 'no', true),
      call('Edit', { file_path: '/p/b.ts', old_string: 'x', new_string: ' \n' }),
    ];
    expect(expectedFragments(calls, new Map([['/p/b.ts', 'x']]))).toEqual([]);
  });
});

describe('outcomeOf', () => {
  it.each([
    ['ok', call('Bash', {}), false],
    ['failed', call('Bash', {}, 'Exit code 1', true), false],
    ['interrupted', call('Bash', {}, 'Exit code 137', true), true],
    ['rejected', call('Edit', {}, '<tool_use_error>String not found', true), false],
    ['denied', call('Write', {}, 'Claude requested permissions to write', true), false],
    ['denied', call('Bash', {}, 'This command requires approval', true), false],
    ['interrupted', { ...call('Bash', {}), result: undefined }, true],
  ] as const)('reads %s', (outcome, of, killed) => {
    expect(outcomeOf(of, killed)).toBe(outcome);
  });
});
