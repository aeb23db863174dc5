import { expect, it } from 'vitest';
import { diffRows } from '../../../../lib/dashboard/parts/diff/diff-rows.ts';

it('puts lines beside each other that take each other’s place, with their numbers', () => {
  const hunks =
    '@@ -3,4 +3,5 @@\n same\n-old one\n-old two\n+new one\n+new two\n+new three\n end\n';
  expect(diffRows(hunks)).toEqual([
    lines({ at: 3, text: 'same' }, { at: 3, text: 'same' }, true),
    lines({ at: 4, text: 'old one' }, { at: 4, text: 'new one' }),
    lines({ at: 5, text: 'old two' }, { at: 5, text: 'new two' }),
    lines(undefined, { at: 6, text: 'new three' }),
    lines({ at: 6, text: 'end' }, { at: 7, text: 'end' }, true),
  ]);
});

it('marks what lies between two hunks, and leaves out what is no line', () => {
  const hunks = '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n@@ -9,0 +10 @@\n+c\n';
  expect(diffRows(hunks)).toEqual([
    lines({ at: 1, text: 'a' }, { at: 1, text: 'b' }),
    { kind: 'place', text: '⋯' },
    lines(undefined, { at: 10, text: 'c' }),
  ]);
});

function lines(old: object | undefined, now: object | undefined, isSame = false) {
  return { kind: 'lines', old, now, isSame };
}
