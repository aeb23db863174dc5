import { describe, expect, it } from 'vitest';
import { createSecretFinder } from '../../lib/redact/find.ts';
import { tokenRule } from '../../lib/redact/tokens/token-rule.ts';
import { TOKENS } from '../../lib/redact/tokens/tokens.ts';
import { Dice } from '../../scripts/redact-eval/dice.ts';
import { tokenText } from '../../scripts/redact-eval/token-text.ts';

const find = createSecretFinder();
const ROWS = TOKENS.flatMap((row) =>
  row[1]
    .split(' ')
    .map((prefix) => ({ kind: row[0], prefix, name: `${row[0]} ${prefix}${row[2]}`, row })),
);

/** What may stand directly before and after a token. */
const BORDERS = [
  ['', ''],
  ['\n', '\n'],
  ['"', '"'],
  ["'", "',"],
  ['`', '`'],
  ['\\"', '\\"'],
  ['=', ' '],
  [': ', '\r\n'],
  ['(', ')'],
  ['[', ']'],
  ['<b>', '</b>'],
  ['\t', '\t'],
  ['|', '|'],
  ['curl -H "X: ', '" h'],
] as const;

describe('the table of tokens', () => {
  it.each(ROWS)('has a row that can be read: $name', ({ kind, prefix, row }) => {
    expect(kind).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    expect(prefix).toMatch(/^[\x21-\x7e]+$/);
    // Classes and escapes aside, nothing repeats without a bound.
    const bare = `${row[3] ?? ''}${row[2]}`.replace(/\\.|\[(?:[^\]\\]|\\.)*\]/g, 'c');
    expect(bare).not.toMatch(/[*+]|\{\d+,\}/);
  });

  it.each(ROWS)('finds its own tokens whole, by their kind: $name', (entry) => {
    for (const [index, [before, after]] of BORDERS.entries()) {
      const token = tokenText(entry.row, entry.prefix, new Dice(index, entry.kind, entry.prefix));
      const start = before.length;
      expect(find(before + token + after)).toEqual([
        { start, end: start + token.length, kind: entry.kind },
      ]);
    }
  });

  it.each(ROWS)('finds nothing in half a token: $name', ({ row, prefix, kind }) => {
    const token = tokenText(row, prefix, new Dice('half', kind, prefix));
    const at = token.lastIndexOf(prefix);
    const half =
      at === 0
        ? token.slice(0, prefix.length + 6)
        : token.slice(Math.ceil(at / 2), at + prefix.length + 6);
    const rule = tokenRule(row);
    for (let i = 0; i < half.length; i += 1) expect(rule.find(half, i)).toBeUndefined();
  });

  it('takes no two rows for the same', () => {
    const names = ROWS.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('leaves names that begin like a token, and digests', () => {
    const names = [
      'aNameThatSomebodyGaveToFunctions',
      'a_name_of_several_words_that_is_long_enough',
      'x'.repeat(80),
    ];
    for (const { row, prefix } of ROWS.filter((entry) =>
      /^[A-Za-z]{1,12}[_:.-]?$/.test(entry.prefix),
    )) {
      const rule = tokenRule(row);
      for (const name of names) expect(rule.find(`${prefix}${name}`, 0)).toBeUndefined();
    }
    const hex = '0123456789abcdef'.repeat(4);
    for (const length of [32, 40, 64]) expect(find(hex.slice(0, length))).toEqual([]);
  });
});
