import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writtenBy } from '../../../lib/authorship/author.ts';
import { transfer } from '../../../lib/authorship/transfer/transfer.ts';

const text = fc.array(
  fc.constantFrom(
    '',
    '}',
    'return one;',
    'call(two, three);',
    'call(two,',
    'three);',
    'four five six',
  ),
  { maxLength: 20 },
);

function after(old: readonly string[], now: readonly string[]): (string | null)[] {
  return [...transfer(writtenBy('old', old), now, () => 'new').authors];
}

describe('transfer', () => {
  it('gives every line an author, of the text before or of the change', () => {
    fc.assert(
      fc.property(text, text, (old, now) => {
        const authors = after(old, now);
        expect(authors).toHaveLength(now.length);
        for (const author of authors) expect(['old', 'new']).toContain(author);
      }),
    );
  });

  it('changes no author where the text is the same', () => {
    fc.assert(
      fc.property(text, (lines) => {
        expect(after(lines, [...lines])).toEqual(lines.map(() => 'old'));
      }),
    );
  });

  it.each([
    ['indented', ['a(1);', 'b(2);'], ['    a(1);', '\tb(2);']],
    ['quoted', ["say('hello');"], ['say("hello");']],
    ['quoted as books are', [`say("it's", 'so')`], ['say(\u201Cit\u2019s\u201D, \u2018so\u2019)']],
    ['composed', ['name = "cafe\u0301";'], ['name = "caf\u00E9";']],
    ['with semicolons', ['const a = 1'], ['const a = 1;']],
    [
      'wrapped',
      ['call(first, second, third);'],
      ['call(', '  first,', '  second,', '  third,', ');'],
    ],
    ['joined', ['call(', '  first,', '  second', ');'], ['call(first, second);']],
  ])('keeps the author of lines that are %s', (_, old, now) => {
    expect(after(old, now)).toEqual(now.map(() => 'old'));
  });

  it('does not keep the author of a line that lost a word', () => {
    expect(after(['call(first, second);'], ['call(first);'])).toEqual(['new']);
  });

  it('keeps the author of lines that moved, with the brackets that are theirs', () => {
    const block = ['function moved() {', '  return answer;', '}', ''];
    const rest = ['first line here', '', 'second line here', ''];
    const { authors, origins } = transfer(
      { lines: [...block, ...rest], authors: [...block.map(() => 'a'), ...rest.map(() => 'b')] },
      [...rest, ...block],
      () => 'new',
    );
    expect(authors).toEqual([...rest.map(() => 'b'), ...block.map(() => 'a')]);
    expect(origins).not.toContain('new');
  });

  it('asks for other sources only when a line is left that says something', () => {
    let asked = 0;
    const sources = { gone: () => ((asked += 1), []) };
    transfer(writtenBy('old', ['alpha();']), ['alpha();', '}'], () => 'new', sources);
    expect(asked).toBe(0);
    transfer(writtenBy('old', ['alpha();']), ['alpha();', 'beta();'], () => 'new', sources);
    expect(asked).toBe(1);
  });

  it('takes a text in which all lines are alike', () => {
    const same = (length: number): string[] => Array.from({ length }, () => 'the same line again');
    expect(after(['x', ...same(3000)], [...same(4000), 'y'])).toHaveLength(4001);
  });
});
