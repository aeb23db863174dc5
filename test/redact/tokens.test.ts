import { describe, expect, it } from 'vitest';
import { WorkBudget } from '../../lib/redact/budget.ts';
import { createRedactor } from '../../lib/redact/redact.ts';
import type { FoundSecret } from '../../lib/redact/rule.ts';
import type { TokenForm } from '../../lib/redact/tokens/token-form.ts';
import { tokenRule } from '../../lib/redact/tokens/token-rule.ts';
import { TOKENS } from '../../lib/redact/tokens/tokens.ts';
import { Dice } from '../../scripts/eval/redact/dice.ts';
import { tokenText } from '../../scripts/eval/redact/token-text.ts';

const redactor = createRedactor();
const redact = (text: string) => redactor.redactText(text).text;
const FORMS = TOKENS.flatMap((form) =>
  form.prefixes.split(' ').map((prefix) => ({
    kind: form.kind,
    prefix,
    name: `${form.kind} ${prefix}${form.rest}`,
    form,
  })),
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

function isFoundBy(form: TokenForm, text: string, at: number): boolean {
  const found: FoundSecret[] = [];
  tokenRule(form).find(text, at, found, new WorkBudget());
  return found.length > 0;
}

describe('the table of tokens', () => {
  it.each(FORMS)('has a form that can be read: $name', ({ kind, prefix, form }) => {
    expect(kind).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    expect(prefix).toMatch(/^[\x21-\x7e]+$/);
    // Classes and escapes aside, nothing repeats without a bound.
    const bare = `${form.before ?? ''}${form.rest}`.replace(/\\.|\[(?:[^\]\\]|\\.)*\]/g, 'c');
    expect(bare).not.toMatch(/[*+]|\{\d+,\}/);
  });

  it.each(FORMS)('finds its own tokens whole, by their kind: $name', (entry) => {
    for (const [index, [before, after]] of BORDERS.entries()) {
      const token = tokenText(entry.form, entry.prefix, new Dice(index, entry.kind, entry.prefix));
      const redacted = redact(before + token + after);
      // Where the fixed part is a name as well, `…?access_token=`, the name's rule may be the one that finds it.
      if (/[=:/]/.test(entry.prefix)) expect(redacted).not.toContain(token.slice(-12));
      else expect(redacted).toBe(`${before}[redacted:${entry.kind}]${after}`);
    }
  });

  it.each(FORMS)('finds nothing in half a token: $name', ({ form, prefix, kind }) => {
    const token = tokenText(form, prefix, new Dice('half', kind, prefix));
    const at = token.lastIndexOf(prefix);
    const half =
      at === 0
        ? token.slice(0, prefix.length + 6)
        : token.slice(Math.ceil(at / 2), at + prefix.length + 6);
    for (let i = 0; i < half.length; i += 1) expect(isFoundBy(form, half, i)).toBe(false);
  });

  it('takes no two forms for the same', () => {
    const names = FORMS.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('leaves names that begin like a token, and digests', () => {
    const names = [
      'aNameThatSomebodyGaveToFunctions',
      'a_name_of_several_words_that_is_long_enough',
      'x'.repeat(80),
    ];
    for (const { form, prefix } of FORMS.filter((entry) =>
      /^[A-Za-z]{1,12}[_:.-]?$/.test(entry.prefix),
    )) {
      for (const name of names) expect(isFoundBy(form, `${prefix}${name}`, 0)).toBe(false);
    }
    const hex = '0123456789abcdef'.repeat(4);
    for (const length of [32, 40, 64]) expect(redact(hex.slice(0, length))).not.toContain('[');
  });
});
