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

  it.each<readonly [string, string, boolean]>([
    ["sed -i 's/old = f/shiny = g/' a.ts", 'export const shiny = g(somebody, otherwise);', false],
    ["sed -i 's/old_1 = f/shiny_one = gleam/' *.ts", 'export const shiny_one = gleam(some);', true],
    [String.raw`sed -i 's/m\(.\)_2 = f/n\1_two = gleam/' *.ts`, 'let n7_two = gleam(what);', true],
    ['perl -pi -e "s|old_1|shiny_one gleams|g"', 'here shiny_one gleams for everybody', true],
    ["python3 -c \"t.replace('old', 'shiny one')\"", 'export const shiny one = other();', false],
    [
      "python3 -c \"t.replace('old', 'shiny_one = 1')\"",
      'export const shiny_one = 1 + that;',
      true,
    ],
    ["python3 -c \"re.sub(r'old', 'shiny_one = 1')\"", 'export const shiny_one = 2 + that;', false],
    ["sed -i 's/old/logger/' *.ts", 'somebody.logger(their, own, words);', false],
  ])(
    'finds in a line of an unknown file what the command put in the place of something: %s, %s',
    (text, line, is) => {
      expect(new CommandWords(text).tells(line, undefined)).toBe(is);
      expect(new CommandWords(text).tells(line, [])).toBe(false);
    },
  );

  it('takes hostile text', () => {
    for (const text of ['"', "'", '\\', '\\n', '+', '"\\', 'ab ', 's/', 's/a', "sub('a"]) {
      const hostile = new CommandWords(text.repeat(200_000));
      expect([hostile.spells('const x = 1;'), hostile.tells('const x = 1;', undefined)]).toEqual([
        false,
        false,
      ]);
    }
  });
});
