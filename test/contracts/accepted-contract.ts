import { describe, expect, test } from 'vitest';
import { forget } from '../../lib/service/store/forgetting.ts';
import type { PatternStore } from '../../lib/service/store/pattern-store.ts';
import { trackedEvent } from './tracked-event.ts';

/** Tests how a store tells all events that it has accepted. */
export function acceptedContract(current: () => PatternStore): void {
  const all = (after = 0, limit = 100) => current().accepted({ after, limit, withCode: false });

  describe('all accepted events', () => {
    test('are told once, in the order in which they were accepted', async () => {
      const store = current();
      await store.track([
        trackedEvent({ patternId: 'b', eventId: 'e1', at: 30, extra: { machine: 'm' } }),
        trackedEvent({ patternId: 'a', eventId: 'e2', at: 10, durationMs: 7 }),
      ]);
      await store.track([
        trackedEvent({ patternId: 'b', eventId: 'e1', at: 30 }), // once more
        trackedEvent({ patternId: 'b', eventType: 'pattern_deprecated', eventId: 'e3', at: 20 }),
        trackedEvent({ patternId: 'unknown', eventType: 'pattern_applied', eventId: 'refused' }),
      ]);
      const events = await all();
      expect(events).toMatchObject([
        {
          eventId: 'e1',
          eventType: 'pattern_created',
          patternId: 'b',
          version: '1.0.0',
          action: 'created',
          sessionId: 's-1',
          toolName: 'Write',
          filePath: '/w/app/queue.ts',
          language: 'typescript',
          startLine: 1,
          at: 30,
          extra: { machine: 'm' },
          patternName: 'queue.ts',
          patternType: 'code',
          code: null,
        },
        { eventId: 'e2', durationMs: 7, at: 10 },
        { eventId: 'e3', eventType: 'pattern_deprecated', action: null, at: 20 },
      ]);
      const numbers = events.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
      expect(await all(0, 2)).toHaveLength(2);
      expect(await all(numbers[1])).toMatchObject([{ eventId: 'e3' }]);
      expect(await all(numbers[2])).toEqual([]);
      const coded = await store.accepted({ after: 0, limit: 1, withCode: true });
      expect(coded).toMatchObject([{ code: 'export const b = 1;\n' }]);
    });

    test('have numbers that are not given again when the newest are deleted', async () => {
      const store = current();
      await store.track([trackedEvent({ patternId: 'a' }), trackedEvent({ patternId: 'b' })]);
      const last = (await all()).at(-1)?.number ?? NaN;
      await forget(store, {}, { isTrial: false, clock: Date.now });
      expect(await all()).toEqual([]);
      await store.track([trackedEvent({ patternId: 'c' })]);
      expect(await all(last)).toMatchObject([{ patternId: 'c' }]);
    });
  });
}
