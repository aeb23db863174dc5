import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainLine, plainLines } from '../../../lib/cli/output/plain-text.ts';

// oxlint-disable-next-line no-control-regex -- it looks for control characters
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('plainLine', () => {
  it.each([
    ['plain é 漢字 🌍', 'plain é 漢字 🌍'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['a\u009b2Jb', 'ab'],
    ['a\u001b[31mb\u0007c', 'abc'],
    ['a\nb\r\nc\td', 'a b c d'],
    ['a\u0000\u0008\u007fb', 'ab'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['\u200b\ufeffx', 'x'],
  ])('%j becomes %j', (text, plain) => {
    expect(plainLine(text)).toBe(plain);
  });

  it('leaves nothing that steers a terminal, whatever the text', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        '\u001b',
        '[',
        ']',
        ';',
        '0',
        'm',
        'J',
        '\u0007',
        '\u009b',
        '\n',
        'a',
        '\u202e',
      ),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        expect(plainLine(text)).not.toMatch(STEERING);
        expect(plainLine(text)).not.toContain('\n');
        expect(plainLines(text).join('\n')).not.toMatch(STEERING);
      }),
      { numRuns: 1000 },
    );
  });
});

it('plainLines keeps lines and indentation', () => {
  expect(plainLines('if x:\r\n\treturn\u001b[2J\n\n')).toEqual(['if x:', '  return', '', '']);
});
