import { describe, expect, it } from 'vitest';
import { CommandWords } from '../../../lib/authorship/payload/command-words.ts';

describe('CommandWords', () => {
  const command = [
    "git apply <<'EOF'",
    '+export const added = 1;',
    'EOF',
    'printf "const first = 1;\\nconst said = \\"hello\\";\\n" > a.ts',
    "sed -i 's/before/after/' b.ts",
  ].join('\n');
  const words = new CommandWords(command);

  it('finds the lines that stand in the command: of here-documents, patches and quoted text', () => {
    expect(
      ['export const added = 1;', '  const first = 1', "const said = 'hello';"].map((line) =>
        words.spells(line),
      ),
    ).toEqual([true, true, true]);
    expect(
      ['export const added = 2;', '}', 'EOF', 'const second = 1;', ''].map((line) =>
        words.spells(line),
      ),
    ).toEqual([false, false, false, false, false]);
  });

  it('takes a changed line for its own if the words that are new in it stand in the command', () => {
    expect(words.tells('call(after);', ['call(before);'])).toBe(true);
    expect(words.tells('call(other);', ['call(before);'])).toBe(false);
    expect(words.tells('call(2);', ['call(1);'])).toBe(true);
  });

  it('takes a new line for its own if nearly all of its words stand in the command', () => {
    expect(words.tells('const said = first;', [])).toBe(true);
    expect(words.tells('const said = somebody.else(wrote, this);', [])).toBe(false);
    expect(words.tells('x = 1;', [])).toBe(false);
  });

  it('takes hostile text', () => {
    for (const text of ['"', "'", '\\', '\\n', '+', '"\\', 'ab ']) {
      const hostile = new CommandWords(text.repeat(200_000));
      expect([hostile.spells('const x = 1;'), hostile.tells('const x = 1;', [])]).toEqual([
        false,
        false,
      ]);
    }
  });
});
