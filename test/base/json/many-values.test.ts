import { describe, expect, it } from 'vitest';
import { hasMoreValues } from '../../../lib/base/json.ts';

describe('hasMoreValues', () => {
  it.each([
    ['a number', 1, 1],
    ['an empty list', [], 1],
    ['a list', [1, 2, 3], 4],
    ['lists in lists', [[1], [2, [3]]], 7],
    ['an object', { a: 1, b: { c: null, d: 'x' } }, 5],
  ])('counts %s with what is in it', (_, value, count) => {
    expect(hasMoreValues(value, count)).toBe(false);
    expect(hasMoreValues(value, count - 1)).toBe(true);
  });

  it('goes through the deepest nesting', () => {
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
    expect(hasMoreValues(deep, 5_000)).toBe(false);
    expect(hasMoreValues(deep, 4_999)).toBe(true);
  });
});
