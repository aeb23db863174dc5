import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { HISTORIES, inRun, ordersOf, outcomesOf, outcomeText } from './lineage-histories.ts';
import type { HistoryEvent, HistoryOccurrence, PatternOutcome } from './lineage-histories.ts';
import { times } from '../support/depth.ts';

/** A writer of lineage under test. All runs share its store, and their pattern ids differ. */
export interface LineageWriter {
  readonly kind: 'courier' | 'library' | 'service' | 'merge';
  /** Tells the writer one run's events, in this order. */
  readonly tell: (events: readonly HistoryEvent[]) => Promise<void> | void;
  /** Reads what is stored of these patterns; undefined for a pattern that is not. */
  readonly outcomes: (
    ids: readonly string[],
  ) => Promise<readonly (PatternOutcome | undefined)[]> | (PatternOutcome | undefined)[];
  readonly dispose: () => Promise<void> | void;
}

/** Which writer the contract tests, and how thoroughly. */
export interface LineageContractOptions {
  readonly open: () => Promise<LineageWriter> | LineageWriter;
  /** The most orders of arrival to try with a history. @default 24, in depth 120 */
  readonly mostOrders?: number;
  /** Random histories to try. @default 60, in depth 300 */
  readonly randomHistories?: number;
}

/** Tests that a writer follows the rules of lib/pattern/descent.ts. */
export function lineageContract(
  name: string,
  { open, mostOrders = times(6, 120), randomHistories = times(15, 300) }: LineageContractOptions,
): void {
  describe(name, () => {
    const opened = Promise.resolve(open());
    afterAll(async () => (await opened).dispose());
    let runs = 0;

    const check = async (told: readonly (readonly HistoryEvent[])[]) => {
      const writer = await opened;
      const inRuns = told.map((events) => inRun(`r${++runs}`, events));
      for (const events of inRuns) await writer.tell(events);
      for (const events of inRuns) {
        const expected = outcomesOf(events);
        const stored = await writer.outcomes(expected.map(({ id }) => id));
        expect(stored, arrivals(events)).toEqual(expected);
      }
    };

    const tellable = HISTORIES.filter(({ except }) => !(except && 'library' in except));
    const told = name.startsWith('library') ? tellable : HISTORIES;

    it.each(told)('tells of $name, in every order of arrival', async ({ events, outcome }) => {
      const texts = outcomesOf(events).map(outcomeText);
      expect(texts.toSorted()).toEqual(outcome.toSorted());
      await check(ordersOf(events, mostOrders));
    });

    it('stores the same whatever the order of arrival', async () => {
      const { kind } = await opened;
      const histories = kind === 'library' ? randomHistory().map(momentsApart) : randomHistory();
      await fc.assert(
        fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async (events, random) => {
          await check([events, shuffled(events, random)]);
        }),
        { numRuns: randomHistories },
      );
    });
  });
}

// --- internal ---

function randomHistory(): fc.Arbitrary<HistoryEvent[]> {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const occurrence = fc.record({
    patternId: id,
    at: fc.integer({ min: 1, max: 6 }),
    parentIds: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 3, arbitrary: fc.tuple(id) },
      { weight: 1, arbitrary: fc.uniqueArray(id, { minLength: 2, maxLength: 3 }) },
    ),
  });
  return fc.array(occurrence, { minLength: 1, maxLength: 9 }).map((told) =>
    told.map(({ patternId, at, parentIds }, index): HistoryOccurrence => ({
      kind: 'occurrence',
      eventId: `${index}`,
      edgeType: parentIds.length > 1 ? 'merged_from' : 'modified_from',
      patternId,
      at,
      parentIds,
    })),
  );
}

/** The same with no two events in one millisecond. */
function momentsApart(events: readonly HistoryEvent[]): HistoryEvent[] {
  return events.map((event, index) => ({ ...event, at: event.at * 100 + index }));
}

function shuffled<T>(events: readonly T[], random: fc.Stream<number>): T[] {
  const keys = [...random.take(events.length)];
  return events
    .map((event, index) => ({ event, key: keys[index] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

function arrivals(events: readonly HistoryEvent[]): string {
  return events
    .map((event) =>
      event.kind === 'deprecation'
        ? `†${event.patternId}@${event.at}`
        : `${event.patternId}@${event.at}<${event.parentIds.join('+')}`,
    )
    .join(' ');
}
