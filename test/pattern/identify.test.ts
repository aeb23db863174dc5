import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPatternId, patternId, trimCode } from '../../lib/pattern/identify.ts';

const shaOf = (code: string) => patternId(code, { scheme: 'sha16-code' });
const pathOf = (code: string, filePath: string) => patternId(code, { scheme: 'path200', filePath });

/** Every character that Python's str.isspace() is true for. */
const PYTHON_SPACE =
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

describe('patternId by code', () => {
  it.each([
    ['export const a = 1;\n', '683314ed22112e8d'],
    ['  export const a = 1;  \n\n', '683314ed22112e8d'],
    [`${PYTHON_SPACE}export const a = 1;${PYTHON_SPACE}`, '683314ed22112e8d'],
    ['def a(): pass', 'd44d6e7a1df36589'],
  ])('gives %j the id %s', (code, id) => {
    expect(shaOf(code)).toBe(id);
  });

  it('does not change with white space around the code', () => {
    const space = fc.string({ unit: fc.constantFrom(...PYTHON_SPACE.split('')), maxLength: 5 });
    fc.assert(
      fc.property(space, fc.string({ unit: 'binary' }), space, (before, code, after) => {
        expect(shaOf(before + code + after)).toBe(shaOf(code));
      }),
    );
  });

  it('tells white space inside the code apart', () => {
    expect(shaOf('a  b')).not.toBe(shaOf('a b'));
  });

  it('takes a lone surrogate for U+FFFD instead of throwing', () => {
    expect(shaOf('a\ud83d')).toBe(shaOf('a\ufffd'));
  });
});

describe('patternId by path and first characters', () => {
  it.each([
    ['src/a.ts', 'export const a = 1;\n', '0ae981458b06a19c'],
    ['src/b.ts', 'export const a = 1;\n', '5025ef6e884db24b'],
    ['src/a.ts', `${'x'.repeat(200)}A`, '636a5451b1f2b354'],
    ['src/a.ts', `${'x'.repeat(200)}B`, '636a5451b1f2b354'],
  ])('gives %s and %j the id %s', (filePath, code, id) => {
    expect(pathOf(code, filePath)).toBe(id);
  });

  it('counts code points, so an astral character is one', () => {
    const code = '🌍'.repeat(200);
    expect(pathOf(`${code}A`, 'a')).toBe(pathOf(code, 'a'));
    expect(pathOf(code.slice(0, -2), 'a')).not.toBe(pathOf(code, 'a'));
  });
});

describe('trimCode', () => {
  it('keeps U+FEFF, U+200B and U+180E, which are no white space to Python', () => {
    expect(trimCode(' \ufeffa\u200b\u180e ')).toBe('\ufeffa\u200b\u180e');
  });

  it.each(['', PYTHON_SPACE])('leaves nothing of %j', (code) => {
    expect(trimCode(code)).toBe('');
  });
});

describe('isPatternId', () => {
  it('holds for whatever patternId returns', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (code, filePath) => {
          expect(isPatternId(shaOf(code))).toBe(true);
          expect(isPatternId(pathOf(code, filePath))).toBe(true);
        },
      ),
    );
  });

  it.each([
    '',
    '683314ed22112e8',
    '683314ed22112e8dd',
    '683314ED22112E8D',
    '683314ed22112e8d\n',
    'g'.repeat(16),
  ])('refuses %j', (text) => {
    expect(isPatternId(text)).toBe(false);
  });
});
