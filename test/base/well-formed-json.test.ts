import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wellFormedJson } from '../../lib/base/well-formed-json.ts';

it.each([
  ['a lone first half', String.raw`"lone[\ud83d]"`, 'lone[\uFFFD]'],
  ['a lone second half', String.raw`"\uDE00"`, '\uFFFD'],
  ['halves in the wrong order', String.raw`"\ude00\ud83d"`, '\uFFFD\uFFFD'],
  ['a first half before a pair', String.raw`"\ud83d\ud83d\ude00"`, '\uFFFD😀'],
  ['a pair', String.raw`"\ud83d\ude00"`, '😀'],
  ['a backslash before a word that looks like one', String.raw`"\\ud83d"`, String.raw`\ud83d`],
  ['a backslash, then a half', String.raw`"\\\ud83d"`, '\\\uFFFD'],
  ['other escapes', String.raw`"\u0041\n\"\ud800"`, 'A\n"\uFFFD'],
])('mends %s', (_, json, expected) => {
  expect(JSON.parse(wellFormedJson(json))).toBe(expected);
});

it('changes nothing else, and leaves nothing that is not well-formed', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('\ud83d', '\ude00', '\\', 'u')),
      (text, odd) => {
        const value = text + odd.join('');
        expect(JSON.parse(wellFormedJson(JSON.stringify(value)))).toBe(value.toWellFormed());
      },
    ),
  );
});
