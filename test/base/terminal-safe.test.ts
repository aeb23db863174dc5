import { describe, expect, it } from 'vitest';
import { terminalSafe } from '../../lib/base/terminal-safe.ts';
import { plainLine, plainLines } from '../../lib/cli/output/plain-text.ts';

const cases: readonly (readonly [string, string])[] = [
  ['a direction mark for Arabic', '\u061c'],
  ['a soft hyphen', '\u00ad'],
  ['a Mongolian vowel separator', '\u180e'],
  ['a zero-width space', '\u200b'],
  ['an override', '\u202e'],
  ['an isolate', '\u2066'],
  ['an invisible times', '\u2062'],
  ['an invisible separator', '\u2063'],
  ['an interlinear annotation', '\ufff9\ufffa\ufffb'],
  ['a line separator', '\u2028'],
  ['a byte order mark', '\ufeff'],
  ['a grapheme joiner', '\u034f'],
  ['a filler', '\u3164'],
  ['tags', String.fromCodePoint(0xe0001, 0xe0041, 0xe007f)],
  ['variation selectors beyond the first sixteen', String.fromCodePoint(0xe0100, 0xe01ef)],
];

describe('what a terminal does not show', () => {
  it.each(cases)('is escaped in JSON: %s', (_, hidden) => {
    const json = terminalSafe(JSON.stringify(`a${hidden}b`));
    expect(json).toMatch(/^"a(?:\\u[0-9a-f]{4})+b"$/);
    expect(JSON.parse(json)).toBe(`a${hidden}b`);
  });

  it.each(cases)('is not in a line: %s', (_, hidden) => {
    expect(plainLine(`a${hidden}b`).replace(' ', '')).toBe('ab');
    expect(plainLines(`a${hidden}b`)).toEqual(['ab']);
  });

  it('leaves no second selector or joiner in a row, in which data can hide', () => {
    expect(plainLine('a\ufe00\ufe01\ufe0fb\u200d\u200c\u200dc')).toBe('a\ufe00b\u200dc');
    expect(terminalSafe('"\ufe00\ufe01"')).toBe('"\ufe00\\ufe01"');
  });

  it.each(['❤️‍🔥', '👩‍💻', 'می‌خواهم', 'क्‍ष', '漢字', 'é'])('leaves %s as it is', (text) => {
    expect(plainLine(text)).toBe(text);
    expect(terminalSafe(text)).toBe(text);
  });
});
