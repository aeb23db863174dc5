import { expect, it } from 'vitest';
import { nearest } from '../../lib/base/nearest.ts';

it.each([
  ['patrns', 'patterns'],
  ['pattern', 'patterns'],
  ['pa', 'patterns'],
  ['statsu', 'status'],
  ['STATUS', 'status'],
  ['toolcalls', 'tool-calls'],
  ['xyz', undefined],
  ['', undefined],
  ['a', undefined],
])('%j is meant as %j', (word, meant) => {
  expect(nearest(word, ['status', 'patterns', 'show', 'tool-calls', 'tail'])).toBe(meant);
});
