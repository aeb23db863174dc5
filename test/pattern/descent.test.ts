import { describe, expect, it } from 'vitest';
import { Descent, isEarlierOrigin } from '../../lib/pattern/descent.ts';

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

describe('a long lineage that is told in one go', () => {
  const LENGTH = 200;
  function tell(order: readonly number[]) {
    let looks = 0;
    const descent = new Descent({
      node: () => undefined,
      claims: () => [],
      claimants: () => {
        looks += 1;
        return [];
      },
    });
    for (const n of order) {
      const parent = { parentId: `p${n - 1}`, edgeType: 'modified_from' } as const;
      const claims = n === 0 ? [] : [{ ...parent, transformationType: null, at: n }];
      descent.tell({ patternId: `p${n}`, at: n, key: `k${n}`, claims });
    }
    const rows = descent
      .changes()
      .map(({ after }) => [after.id, after.generation, after.lineageId]);
    return { looks, rows: new Map(rows.map(([id, ...row]) => [id, row])) };
  }
  const order = Array.from({ length: LENGTH }, (_, n) => n);

  it('is the same from its end as from its root', () => {
    const { rows } = tell(order.toReversed());
    expect(rows).toEqual(tell(order).rows);
    expect(rows.get(`p${LENGTH - 1}`)).toEqual([LENGTH, 'p0']);
  });

  it('is worked out once, and not once for each of its patterns', () => {
    expect(tell(order.toReversed()).looks).toBeLessThan(3 * LENGTH);
  });
});
