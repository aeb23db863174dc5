import { describe, expect, it } from 'vitest';
import { isEarlierOrigin } from '../../lib/pattern/descent.ts';

/** What is known, with an origin at 10 that has this key. */
const known = (originKey: string) => ({ originAt: 10, originKey, generation: 1, lineageId: 'a' });

describe('the origin of a pattern, of two occurrences in one millisecond', () => {
  it.each([
    ['is that of the greater event id', 'b-0', 'a-0', true],
    ['is not that of the lesser event id', 'a-0', 'b-0', false],
    ['is the earlier piece of one event', 'a-0', 'a-1', true],
    ['is not the later piece of one event', 'a-1', 'a-0', false],
    ['is piece 9 rather than piece 10', 'a-9', 'a-10', true],
    ['is not piece 10 rather than piece 9', 'a-10', 'a-9', false],
    ['is the one that is known if that is told again', 'a-0', 'a-0', false],
    ['is the one that is known if its key was never stored', 'a-0', '', false],
  ])('%s', (_name, key, originKey, expected) => {
    expect(isEarlierOrigin({ at: 10, key }, known(originKey))).toBe(expected);
  });

  it('is the earlier one, whatever the keys', () => {
    expect(isEarlierOrigin({ at: 9, key: 'a-0' }, known('b-0'))).toBe(true);
    expect(isEarlierOrigin({ at: 11, key: 'b-0' }, known('a-0'))).toBe(false);
    expect(isEarlierOrigin({ at: 9, key: 'a-0' }, known(''))).toBe(true);
  });
});
