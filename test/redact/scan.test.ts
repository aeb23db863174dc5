import { describe, expect, it } from 'vitest';
import { createTriggerScanner } from '../../lib/redact/scan.ts';

const WORDS = ['pass', 'ass', 'AKIA', 'contraseña', 'ña', 'clave-ñ', 'ñ', '密码', '码', 'key密码'];

/** What the scanner is to find, by looking for each word at each place. */
function naive(text: string): string[] {
  const found: string[] = [];
  for (let end = 1; end <= text.length; end += 1) {
    const ending = WORDS.filter((word) => {
      const there = text.slice(Math.max(0, end - word.length), end);
      return word === word.toLowerCase() ? there.toLowerCase() === word : there === word;
    });
    const byLength = ending.toSorted((one, other) => other.length - one.length);
    found.push(...byLength.map((word) => `${word}@${end - word.length}`));
  }
  return found;
}

function scanned(text: string, most = Number.POSITIVE_INFINITY): [string[], number] {
  const found: string[] = [];
  const reached = createTriggerScanner(WORDS).scan(text, (word, at) => {
    found.push(`${WORDS[word]}@${at}`);
    return found.length < most;
  });
  return [found, reached];
}

describe('the scanner of triggers', () => {
  it.each([
    'pass PASS akia AKIA',
    'una CONTRASEÑA, contraseñas; clave-ñ pass',
    'key密码 = pass密码',
    'nothing at all',
    'ñ',
    '',
  ])('finds words of ASCII and others in %j, the longest that end at a place first', (text) => {
    expect(scanned(text)).toEqual([naive(text), text.length]);
  });

  it('stops where it is told to, beyond ASCII too', () => {
    expect(scanned('pass, contraseña', 3)).toEqual([['pass@0', 'ass@1', 'ñ@14'], 15]);
    expect(scanned('clave-ñ, pass', 1)).toEqual([['clave-ñ@0'], 7]);
  });
});
