import { describe, expect, test } from 'vitest';
import { times } from '../support/depth.ts';
import { inRun, outcomesOf } from './lineage-histories.ts';
import type { HistoryOccurrence } from './lineage-histories.ts';
import { serviceOutcomes, tellService } from './lineage-writers.ts';
import { trackedEvent } from './tracked-event.ts';
import { forget } from '../../lib/service/store/forgetting.ts';
import {
  addRemoved,
  FORGET_START,
  NOTHING_REMOVED,
} from '../../lib/service/store/rows/forgetting.ts';
import type { RemovedRows, Selection } from '../../lib/service/store/rows/forgetting.ts';
import type { PatternStore } from '../../lib/service/store/pattern-store.ts';
import type { Feedback } from '../../lib/service/store/rows/pattern-activity.ts';
import type { TrackedEvent } from '../../lib/service/store/rows/tracked-event.ts';

const NOW = Date.parse('2026-03-04T05:06:07.890Z');
const LIMITS = { depth: 20, rows: 1000 };

type Told = Partial<TrackedEvent> & { readonly patternId: string };

/** Tests how a store deletes; part of the contract of `ServiceStore`. */
export function forgettingContract(current: () => PatternStore): void {
  const tell = (...events: readonly Told[]) =>
    current().track(events.map((event) => trackedEvent(event)));
  const remove = async (selection: Selection) => {
    const store = current();
    const counted = await forget(store, selection, { isTrial: true, clock: () => NOW });
    const { removed, isComplete } = await forget(store, selection, {
      isTrial: false,
      clock: () => NOW,
    });
    expect(counted.removed).toEqual(removed);
    expect(isComplete).toBe(true);
    expect(await store.integrity(undefined)).toMatchObject({
      brokenEdges: [],
      orphans: [],
      wrongGenerations: [],
    });
    return removed;
  };
  const counts = (some: Partial<RemovedRows>): RemovedRows => addRemoved(NOTHING_REMOVED, some);
  const modified = (patternId: string, parentId: string, further: Partial<TrackedEvent> = {}) => ({
    eventType: 'pattern_modified' as const,
    patternId,
    parentIds: [parentId],
    ...further,
  });
  const feedback = (patternId: string, change: Partial<Feedback> = {}): Feedback => ({
    id: `f-${patternId}`,
    patternId,
    feedbackType: 'quality',
    isSuccess: true,
    rating: 1,
    executionTimeMs: null,
    sessionId: null,
    comment: null,
    at: NOW,
    extra: {},
    ...change,
  });

  describe('deleting', () => {
    test('a pattern takes all that hangs on it, and leaves its children sound', async () => {
      const store = current();
      await tell(
        { patternId: 'a', toolUseId: 't-1' },
        { ...modified('b', 'a'), at: NOW + 1, toolUseId: 't-2' },
        { ...modified('c', 'b'), at: NOW + 2, toolUseId: 't-3' },
        { patternId: 'b', version: '2.0.0', eventId: 'b-2', at: NOW + 3 },
        { patternId: 'b', eventType: 'pattern_deprecated', at: NOW + 4 },
      );
      await store.recordFeedback(feedback('b'));
      await store.recordFeedback(feedback('c'));
      await store.applyImprovements([
        { improvementId: 'i', patternId: 'b', isForced: false, at: NOW },
      ]);
      expect(await remove({ patternId: 'b' })).toEqual(
        counts({
          patterns: 1,
          versions: 1,
          events: 3,
          occurrences: 2,
          edges: 2,
          feedback: 1,
          improvements: 1,
          executions: 1,
        }),
      );
      expect(await store.pattern('b')).toBeUndefined();
      expect(await store.pattern('c')).toMatchObject({
        origin: 'created',
        generation: 1,
        lineageId: 'c',
        recent: [{ action: 'created' }],
      });
      expect((await store.relatives('a', 'descendants', LIMITS))?.relatives).toEqual([]);
      expect(await store.stats()).toMatchObject({
        patterns: 2,
        lineages: 2,
        occurrences: 2,
        edges: 0,
        sessions: 1,
        toolCalls: 2,
      });
      expect(await store.appliedImprovements('b')).toEqual([]);
      expect(await store.search({ words: ['b'], limit: 9 } as never)).toEqual([]);
      expect(await remove({ patternId: 'b' })).toEqual(NOTHING_REMOVED);
      expect(await remove({ patternId: 'unknown' })).toEqual(NOTHING_REMOVED);
    });

    test('a parent leaves the others of a merge', async () => {
      await tell(
        { patternId: 'a' },
        { patternId: 'b', at: NOW + 1 },
        { ...modified('b2', 'b'), at: NOW + 2 },
        {
          patternId: 'm',
          eventType: 'pattern_merged',
          parentIds: ['a', 'b2'],
          at: NOW + 3,
        },
        { ...modified('n', 'm'), at: NOW + 4 },
      );
      await remove({ patternId: 'a' });
      expect(await current().pattern('m')).toMatchObject({ generation: 3, lineageId: 'b' });
      expect(await current().pattern('n')).toMatchObject({ generation: 4, lineageId: 'b' });
    });

    test('a pattern that is named in a circle opens the circle', async () => {
      await tell(
        { patternId: 'a', parentIds: ['b'] },
        { patternId: 'b', parentIds: ['c'] },
        { patternId: 'c', parentIds: ['a'] },
      );
      await remove({ patternId: 'c' });
      expect(await current().pattern('b')).toMatchObject({ origin: 'created', generation: 1 });
      expect(await current().pattern('a')).toMatchObject({ origin: 'modified', lineageId: 'b' });
    });

    test('an event that is sent again brings nothing back, a new write does', async () => {
      const store = current();
      const event = trackedEvent({ patternId: 'a' });
      await store.track([event]);
      await remove({ patternId: 'a' });
      expect(await store.track([event])).toMatchObject([{ kind: 'duplicate' }]);
      expect(await store.pattern('a')).toBeUndefined();
      expect(
        await tell(
          { ...modified('b', 'a'), at: NOW + 1 },
          { patternId: 'a', eventType: 'pattern_applied', at: NOW + 2 },
          { patternId: 'a', eventType: 'pattern_deprecated', at: NOW + 2 },
        ),
      ).toMatchObject([
        { kind: 'created', parents: [] },
        { kind: 'duplicate' },
        { kind: 'duplicate' },
      ]);
      expect(await store.pattern('b')).toMatchObject({ origin: 'created', lineageId: 'b' });
      expect(await tell({ patternId: 'a', eventId: 'again', at: NOW + 3 })).toMatchObject([
        { kind: 'created', node: { generation: 1 } },
      ]);
      expect(await store.pattern('a')).toMatchObject({ occurrences: 1, firstSeenAt: NOW + 3 });
      expect(await tell({ ...modified('c', 'a'), at: NOW + 4 })).toMatchObject([
        { parents: [{ patternId: 'a' }] },
      ]);
    });

    test('a session keeps what others wrote as well, as they wrote it', async () => {
      const store = current();
      await tell(
        { patternId: 'root', sessionId: 's-2' },
        {
          ...modified('both', 'root'),
          sessionId: 's-1',
          filePath: '/w/secretname.ts',
          name: 'secretname.ts',
          at: NOW + 1,
        },
        { ...modified('kid', 'both'), sessionId: 's-2', at: NOW + 2, toolUseId: 't-2' },
        {
          patternId: 'both',
          sessionId: 's-2',
          filePath: '/w/other.ts',
          at: NOW + 5,
        },
        { ...modified('late', 'both'), sessionId: 's-2', at: NOW + 6 },
        { patternId: 'own', sessionId: 's-1', at: NOW + 3, toolUseId: 't-1' },
        { patternId: 'own', sessionId: 's-1', eventType: 'pattern_deprecated', at: NOW + 4 },
        { patternId: 'kid', sessionId: 's-1', eventType: 'pattern_deprecated', at: NOW + 4 },
      );
      await store.recordFeedback(feedback('kid', { id: 'f-1', sessionId: 's-1' }));
      await store.recordFeedback(feedback('kid', { id: 'f-2', sessionId: 's-2' }));
      expect(await remove({ sessionId: 's-1' })).toEqual(
        counts({
          patterns: 1,
          events: 4,
          occurrences: 2,
          edges: 1,
          feedback: 1,
          executions: 1,
          sessions: 1,
        }),
      );
      expect(await store.pattern('own')).toBeUndefined();
      expect(await store.pattern('both')).toMatchObject({
        name: 'other.ts',
        origin: 'created',
        generation: 1,
        lineageId: 'both',
        occurrences: 1,
        firstSeenAt: NOW + 5,
        sessionId: 's-2',
        recent: [{ action: 'created', filePath: '/w/other.ts' }],
      });
      // Written before what is now the origin of its parent, so it can not come from it.
      expect(await store.pattern('kid')).toMatchObject({ origin: 'created', lineageId: 'kid' });
      expect(await store.pattern('late')).toMatchObject({ generation: 2, lineageId: 'both' });
      expect(await store.executions({ limit: 9 } as never)).toHaveLength(1);
      expect(await store.search({ words: ['secretname'], limit: 9 } as never)).toEqual([]);
      expect((await store.stats()).sessions).toBe(1);
    });

    test('a machine takes what it alone has sent', async () => {
      const store = current();
      const by = (machine: string) => ({ extra: { machine } });
      await tell(
        { patternId: 'a', ...by('ada'), sessionId: 's-1', toolUseId: 't-1' },
        { patternId: 'b', ...by('bob'), sessionId: 's-2', at: NOW + 1, toolUseId: 't-2' },
        { patternId: 'b', eventId: 'b-a', ...by('ada'), sessionId: 's-1', at: NOW + 2 },
        { patternId: 'c', sessionId: 's-3', at: NOW + 3 },
      );
      await store.recordFeedback(feedback('b', { id: 'f-1', ...by('ada') }));
      await store.recordFeedback(feedback('b', { id: 'f-2', ...by('bob') }));
      expect(await remove({ machine: 'ada' })).toEqual(
        counts({ patterns: 1, events: 2, occurrences: 2, feedback: 1, executions: 1, sessions: 1 }),
      );
      expect(await store.pattern('b')).toMatchObject({ occurrences: 1, lastSeenAt: NOW + 1 });
      expect(await store.pattern('c')).toBeDefined();
    });

    test('an age takes what is older, and leaves what is in use its descent', async () => {
      const store = current();
      await tell(
        { patternId: 'old', toolUseId: 't-1' },
        { patternId: 'used', at: NOW + 1 },
        { ...modified('kid', 'used'), at: NOW + 2 },
        { patternId: 'kid', eventType: 'pattern_applied', eventId: 'use', at: NOW + 100 },
        { patternId: 'used', eventType: 'pattern_applied', eventId: 'use-2', at: NOW + 101 },
        { patternId: 'new', sessionId: 's-9', at: NOW + 102 },
      );
      await store.recordFeedback(feedback('kid', { id: 'f-1', at: NOW + 5 }));
      await store.recordFeedback(feedback('kid', { id: 'f-2', at: NOW + 105 }));
      expect(await remove({ before: NOW + 100 })).toEqual(
        counts({ patterns: 1, events: 3, occurrences: 3, feedback: 1, executions: 1 }),
      );
      expect(await store.pattern('kid')).toMatchObject({
        origin: 'modified',
        generation: 2,
        lineageId: 'used',
        occurrences: 1,
        recent: [{ action: 'applied' }],
      });
      expect(await remove({ before: NOW + 100 })).toEqual(NOTHING_REMOVED);
    });

    test('what is named together means what matches all of it', async () => {
      const store = current();
      await tell(
        { patternId: 'a', sessionId: 's-1', toolUseId: 't-1' },
        { patternId: 'b', sessionId: 's-1', at: NOW + 10, toolUseId: 't-2' },
        { patternId: 'c', sessionId: 's-2', at: NOW + 1 },
      );
      expect(await remove({ sessionId: 's-1', before: NOW + 5 })).toEqual(
        counts({ patterns: 1, events: 1, occurrences: 1, executions: 1 }),
      );
      expect(await remove({ sessionId: 's-2', patternId: 'b' })).toEqual(NOTHING_REMOVED);
      expect(await store.pattern('b')).toBeDefined();
    });

    test('everything leaves nothing, in however many steps', async () => {
      const store = current();
      const many = Array.from({ length: 260 }, (_, index) => ({
        patternId: `p${index}`,
        at: NOW + index,
        toolUseId: `t-${index}`,
        ...(index > 0 && { eventType: 'pattern_modified' as const, parentIds: [`p${index - 1}`] }),
      }));
      await tell(...many);
      await tell(
        ...Array.from({ length: 700 }, (_, index) => ({
          patternId: 'p7',
          eventType: 'pattern_applied' as const,
          eventId: `use-${index}`,
          at: NOW + 1000 + index,
        })),
      );
      await store.recordFeedback(feedback('p3'));
      expect(await remove({})).toEqual(
        counts({
          patterns: 260,
          events: 960,
          occurrences: 960,
          edges: 259,
          feedback: 1,
          executions: 260,
          sessions: 1,
        }),
      );
      expect(await store.stats()).toMatchObject({
        patterns: 0,
        lineages: 0,
        occurrences: 0,
        edges: 0,
        sessions: 0,
        toolCalls: 0,
        languages: [],
      });
    });

    test('ends early when it is told to, and goes on with the next', async () => {
      const store = current();
      await tell(
        ...Array.from({ length: 150 }, (_, index) => ({ patternId: `p${index}`, at: NOW + index })),
      );
      let steps = 0;
      const early = await forget(
        store,
        {},
        { isTrial: false, clock: () => NOW, mayGoOn: () => steps++ < 1 },
      );
      expect(early).toMatchObject({ isComplete: false, removed: { patterns: 100 } });
      expect(await remove({})).toMatchObject({ patterns: 50 });
    });

    test('is a matter of one step, between which others write', async () => {
      const store = current();
      await tell({ patternId: 'a' }, { patternId: 'b', at: NOW + 1 });
      const { removed, next } = await store.forgetStep({}, FORGET_START, NOW);
      expect(removed).toMatchObject({ patterns: 2 });
      await tell({ patternId: 'c', at: NOW + 2 });
      expect(next && (await store.forgetStep({}, next, NOW)).removed.patterns).toBe(0);
      expect(await store.pattern('c')).toBeDefined();
    });

    test('patterns leave what would be there without them, whatever came from what', async () => {
      const store = current();
      for (let run = 0; run < times(3, 40); run++) {
        const events = inRun(`run${run}`, entangled(run));
        await tellService(store, events);
        const ids = [...new Set(events.map(({ patternId }) => patternId))].toSorted();
        const gone = new Set(ids.filter((_, index) => (run >> (index % 3)) % 2 === index % 2));
        for (const patternId of gone) await remove({ patternId });
        const expected = outcomesOf(
          events.flatMap((event) =>
            event.kind === 'deprecation' || gone.has(event.patternId)
              ? []
              : { ...event, parentIds: event.parentIds.filter((id) => !gone.has(id)) },
          ),
        );
        const left = expected.map(({ id }) => id);
        expect(await serviceOutcomes(store, left, async () => null)).toEqual(expected);
        for (const id of gone) expect(await store.pattern(id)).toBeUndefined();
      }
    });
  });
}

// --- internal ---

/** Edits back and forth among a few patterns, some in the same millisecond. */
function entangled(seed: number): HistoryOccurrence[] {
  let state = seed * 7919 + 1;
  const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const one = () => ids[next(ids.length)] ?? 'a';
  return Array.from({ length: 24 }, (_, index) => {
    const parents = [...new Set(Array.from({ length: next(3) }, one))];
    return {
      kind: 'occurrence',
      patternId: one(),
      at: 1 + next(12),
      eventId: `${index}`,
      parentIds: parents,
      edgeType: parents.length > 1 ? 'merged_from' : 'modified_from',
    };
  });
}
