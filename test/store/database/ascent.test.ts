import { describe, expect, it } from 'vitest';
import { checkAscent } from '../../../lib/store/database/ascent.ts';
import { emptyDatabase } from '../../../lib/store/database/database.ts';

const ascends = (before: (string | number)[], last: (string | number)[]) => {
  try {
    checkAscent('events', before, last);
    return true;
  } catch {
    return false;
  }
};

describe('a key', () => {
  it('has to come after the one before', () => {
    expect(ascends([1], [2])).toBe(true);
    expect(ascends([7, 'b'], [7, 'c'])).toBe(true);
    expect(ascends([2], [2])).toBe(false);
    expect(ascends([7, 'b', 9], [7, 'a', 10])).toBe(false);
    expect(() => checkAscent('events', [2], [1])).toThrow('the pages of events lead in a circle');
  });

  it('comes after another as SQLite sorts them', () => {
    const keys = ['', 'Z', 'a', 'é', '\u{e000}', '\u{1f600}', -3, 5, 1.5];
    const database = emptyDatabase();
    const sorted = database
      .prepare<[string], string | number>('SELECT value FROM json_each(?) ORDER BY value')
      .pluck()
      .all(JSON.stringify(keys));
    database.close();
    for (const [at, key] of sorted.entries()) {
      for (const later of sorted.slice(at + 1)) expect(ascends([key], [later])).toBe(true);
    }
  });
});
