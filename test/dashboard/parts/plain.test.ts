import { describe, expect, it } from 'vitest';
import { plainText, shortText } from '../../../lib/dashboard/parts/plain.tsx';

describe('a text that somebody else wrote', () => {
  it.each([
    ['plain\ttext\nof two lines', 'plain\ttext\nof two lines'],
    ['admin\u202etxt.exe', 'admin⟨202E⟩txt.exe'],
    ['\u001b[2J', '⟨001B⟩[2J'],
    ['zero\u200bwidth', 'zero⟨200B⟩width'],
    ['שלום 👩‍💻', 'שלום 👩‍💻'],
  ])('%j is shown as %j', (text, shown) => expect(plainText(text)).toBe(shown));

  it('is cut where it is longer than its place', () => {
    expect(shortText('abcdef', 3)).toBe('abc…');
    expect(shortText('abc', 3)).toBe('abc');
  });
});
