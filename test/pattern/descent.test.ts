import { describe, expect, it } from 'vitest';
import { isEarlierOrigin } from '../../lib/pattern/descent.ts';

/** What is known, with an origin at 10 that has this key. */
const known = (originKey: string) => ({ originAt: 10, originKey, generation: 1, lineageId: 'a' });

/** The key of a piece of an event whose id consists of this digit. */
const key = (digit: string, piece: number) => `${digit.repeat(32)}-${piece}`;

describe('the origin of a pattern, of two occurrences in one millisecond', () => {
  it.each([
    ['is that of the greater event id', key('b', 0), key('a', 0), true],
    ['is not that of the lesser event id', key('a', 0), key('b', 0), false],
    ['is the earlier piece of one event', key('a', 0), key('a', 1), true],
    ['is not the later piece of one event', key('a', 1), key('a', 0), false],
    ['is piece 9 rather than piece 10', key('a', 9), key('a', 10), true],
    ['is not piece 10 rather than piece 9', key('a', 10), key('a', 9), false],
    ['is the one that is known if that is told again', key('a', 0), key('a', 0), false],
    ['is the one that is known if its key was never stored', key('a', 0), '', false],
    ['is that of the greater id, also where ids end in a number', 'uuid-0002', 'uuid-0001', true],
  ])('%s', (_name, told, originKey, expected) => {
    expect(isEarlierOrigin({ at: 10, key: told }, known(originKey))).toBe(expected);
  });

  it('is the earlier one, whatever the keys', () => {
    expect(isEarlierOrigin({ at: 9, key: key('a', 0) }, known(key('b', 0)))).toBe(true);
    expect(isEarlierOrigin({ at: 11, key: key('b', 0) }, known(key('a', 0)))).toBe(false);
    expect(isEarlierOrigin({ at: 9, key: key('a', 0) }, known(''))).toBe(true);
  });
});
