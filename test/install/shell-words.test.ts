import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteWord, splitWords } from '../../lib/install/shell-words.ts';

describe('quoteWord', () => {
  it.each([
    ['/usr/bin/node', '/usr/bin/node'],
    ['/a b/c', "'/a b/c'"],
    ["/it's", `'/it'\\''s'`],
    ['/$HOME;echo', "'/$HOME;echo'"],
    ['/é', "'/é'"],
    ['', "''"],
  ])('writes %j as %s', (word, quoted) => {
    expect(quoteWord(word)).toBe(quoted);
  });

  it('writes what sh and cmd.exe both understand on Windows', () => {
    expect(quoteWord('C:\\Program Files\\node.exe', 'win32')).toBe('"C:/Program Files/node.exe"');
    expect(quoteWord('C:\\node.exe', 'win32')).toBe('C:/node.exe');
  });

  it('is read back by sh as it was', () => {
    const word = `a 'b' "c" $HOME \`d\` \\ * ~ # é\n!`;
    const script = `printf %s ${quoteWord(word)}`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(word);
  });
});

describe('splitWords', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['a b', ['a', 'b']],
    ['  a   b  ', ['a', 'b']],
    [`'a b' "c d"`, ['a b', 'c d']],
    [`a'b'"c"\\ d`, ['abc d']],
    [`"a\\"b\\$c\\x"`, ['a"b$c\\x']],
    [`''`, ['']],
    ['~/x', ['/home/me/x']],
    [`'~/x'`, ['~/x']],
    ['"$HOME"/x', ['/home/me/x']],
    ['"${HOME}/x"', ['/home/me/x']],
    ['$HOMES', undefined],
    ['$OTHER/x', undefined],
    ['a; b', undefined],
    ['a | b', undefined],
    ['a > b', undefined],
    ['a $(b)', undefined],
    ['"`a`"', undefined],
    [`'open`, undefined],
    ['"open', undefined],
    ['*', undefined],
  ])('splits %s', (command, words) => {
    expect(splitWords(command, { HOME: '/home/me' })).toEqual(words);
  });

  it('reads any words that were quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (words) => {
        const command = words.map((word) => quoteWord(word)).join(' ');
        expect(splitWords(command)).toEqual(words);
      }),
    );
  });
});
