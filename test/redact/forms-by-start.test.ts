import { expect, it } from 'vitest';
import { FormsByStart } from '../../lib/redact/forms-by-start.ts';

it('finds the longest of forms that begin alike, however many there are', () => {
  const units = ['a', 'b', 'A', 'é', '\u{1f511}'];
  const all: string[] = ['k'];
  for (let from = 0; all.length < 400; from += 1) {
    all.push(...units.map((unit) => `${all[from] ?? ''}${unit}`));
  }
  const forms = all.filter((_, index) => index % 3 !== 1);
  const set = new FormsByStart();
  for (const [count, form] of forms.entries()) {
    set.add(form);
    if (count % 7 !== 0) continue;
    const known = forms.slice(0, count + 1);
    for (const text of all) {
      const wanted = known
        .filter((one) => text.startsWith(one))
        .toSorted((a, b) => b.length - a.length)[0];
      expect(set.longestAt(`--${text}`, 2)).toBe(wanted);
      expect(set.longestAt(`--${text}zz`, 2)).toBe(wanted);
    }
  }
});
