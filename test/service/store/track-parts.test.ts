import { expect, test } from 'vitest';
import { partsOf } from '../../../lib/service/store/track-parts.ts';
import { trackedEvent } from '../../contracts/tracked-event.ts';
import { openThrowawayStore } from '../service-fixture.ts';

const many = (count: number, change: { parents?: number; request?: string } = {}) =>
  Array.from({ length: count }, (_, index) =>
    trackedEvent({
      patternId: `p${index}`,
      parentIds: Array.from({ length: change.parents ?? 0 }, (_unused, n) => `u${index}-${n}`),
      request: change.request,
    }),
  );
const sizes = (...parts: Parameters<typeof partsOf>) =>
  [...partsOf(...parts)].map((part) => part.length);

test('a transaction has 500 events, and fewer that name many parents', () => {
  expect(sizes([])).toEqual([]);
  expect(sizes(many(500))).toEqual([500]);
  expect(sizes(many(1_000))).toEqual([500, 500]);
  expect(Math.max(...sizes(many(1_000, { parents: 100 })))).toBeLessThan(50);
});

test('a request with an Idempotency-Key is in one transaction, beside others', () => {
  const [a, b] = ['a', 'b'].map((request) => many(200, { request }));
  expect(sizes([...many(200), ...(a ?? []), ...(b ?? [])])).toEqual([400, 200]);
  expect(sizes([...many(10), ...many(600, { request: 'a' }), ...many(10)])).toEqual([10, 600, 10]);
});

test('others have their turn while a large batch is written, and each event has its answer', async () => {
  const store = openThrowawayStore().tenant('default');
  const written = store.track(many(1_000));
  const counts: number[] = [];
  const isWritten = written.then(() => true);
  while (!(await Promise.race([isWritten, new Promise((done) => setImmediate(done, false))]))) {
    counts.push((await store.stats()).patterns);
  }
  expect(counts.some((count) => count > 0 && count < 1_000)).toBe(true);
  const answers = await written;
  expect(answers.map((answer) => answer.kind === 'created' && answer.node.patternId)).toEqual(
    many(1_000).map(({ patternId }) => patternId),
  );
});
