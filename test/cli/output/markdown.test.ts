import { describe, expect, it } from 'vitest';
import { plainOrCode } from '../../../lib/cli/output/markdown.ts';

describe('a text within a line of Markdown', () => {
  it.each(['Files', '22:00:11 · not typed · took 2.5 s', '21 calls · +8 -1', '91 %', ''])(
    'stays as it is where nothing of it can be markup: %j',
    (text) => expect(plainOrCode(text)).toBe(text),
  );

  it.each([
    '*a*',
    '_a_',
    '<b>',
    '[a](b)',
    '@team',
    '#1',
    'a & b',
    '~a~',
    'www.example.com',
    ':smile:',
    '1:smile:',
    'a|b',
    '\\a',
    '$a$',
  ])('is code where it may be: %j', (text) => expect(plainOrCode(text)).toBe(`\`${text}\``));
});
