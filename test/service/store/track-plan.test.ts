import { describe, expect, test } from 'vitest';
import { occurrenceKey } from '../../../lib/pattern/occurrence-key.ts';
import { trackNeeds } from '../../../lib/service/store/track-plan.ts';
import type { KnownNode, KnownState } from '../../../lib/service/store/track-plan.ts';
import { planTrack } from '../../../lib/service/store/track-planner.ts';
import { trackedEvent } from '../../contracts/tracked-event.ts';

/** What a store knows that has these patterns, each first seen at 0. */
function known(...nodes: KnownNode[]): KnownState {
  const firsts = new Map(nodes.map((first) => [first.patternId, first]));
  return {
    eventIds: new Set(),
    requests: new Map(),
    forgotten: new Set(),
    nodes,
    descent: {
      node: (id) => {
        const first = firsts.get(id);
        return first && { ...first, originAt: 0, originKey: 'origin' };
      },
      claims: () => [],
      claimants: () => [],
    },
  };
}
const NOTHING = known();
const node = (patternId: string, change: Partial<KnownNode> = {}): KnownNode => ({
  patternId,
  version: '1.0.0',
  lineageId: patternId,
  generation: 1,
  isFirst: true,
  ...change,
});

describe('the key of an occurrence', () => {
  const OWN = '0123456789abcdef0123456789abcdef';
  test.each([
    [`${OWN}-0`, OWN, 0],
    [`${OWN}-12`, OWN, 12],
    [`${OWN}-01`, `${OWN}-01`, -1],
    [OWN, OWN, -1],
    ['pattern-1234567890123456', 'pattern-1234567890123456', -1],
    ['e-1', 'e-1', -1],
    ['-1', '-1', -1],
    ['plain', 'plain', -1],
  ])('of %s', (eventId, own, ordinal) => {
    expect(occurrenceKey(eventId)).toEqual({ eventId: own, ordinal });
  });
});

describe('a plan', () => {
  test('needs the patterns of its events and their parents, each once', () => {
    const events = [
      trackedEvent({ patternId: 'b', parentIds: ['a', 'a'], eventId: 'e' }),
      trackedEvent({ patternId: 'b', eventId: 'e' }),
    ];
    expect(trackNeeds(events)).toEqual({ eventIds: ['e'], keys: [], patternIds: ['b', 'a'] });
  });

  test('writes nothing for an event that is refused', () => {
    const { answers, ...rows } = planTrack(
      [trackedEvent({ patternId: 'b', eventType: 'pattern_modified', parentIds: ['a'] })],
      NOTHING,
    );
    expect(answers).toMatchObject([{ kind: 'refused' }]);
    expect(Object.values(rows).flat()).toEqual([]);
  });

  test('adds up what one pattern is seen', () => {
    const plan = planTrack(
      [5, 3, 9].map((at) =>
        trackedEvent({ patternId: 'a', eventType: 'pattern_applied', at, eventId: `e${at}` }),
      ),
      known(node('a')),
    );
    expect(plan.sightings).toEqual([{ patternId: 'a', occurrences: 3, firstAt: 3, lastAt: 9 }]);
    expect(plan.patterns).toEqual([]);
  });

  test('draws the edges of a further version, which may close a circle', () => {
    const plan = planTrack(
      [
        trackedEvent({
          patternId: 'a',
          version: '2.0.0',
          eventType: 'pattern_modified',
          parentIds: ['b'],
        }),
      ],
      known(node('a'), node('b', { lineageId: 'a', generation: 2 })),
    );
    expect(plan.versionEdges).toMatchObject([{ childId: 'a', parentId: 'b' }]);
    expect(plan.versions).toMatchObject([{ patternId: 'a', version: '2.0.0', generation: 3 }]);
  });

  test('honours the parents of a creation that are known, and notes the others', () => {
    const plan = planTrack(
      [trackedEvent({ patternId: 'b', parentIds: ['gone', 'a'], edgeType: 'inspired_by' })],
      known(node('a')),
    );
    expect(plan.answers).toMatchObject([
      { kind: 'created', node: { generation: 2, lineageId: 'a' } },
    ]);
    expect(plan.descents).toMatchObject([
      {
        after: {
          id: 'b',
          claims: [
            { parentId: 'gone', edgeType: 'inspired_by', counts: false },
            { parentId: 'a', edgeType: 'inspired_by', counts: true },
          ],
        },
      },
    ]);
  });

  test('refuses to merge a pattern with itself', () => {
    const merge = { patternId: 'm', eventType: 'pattern_merged', parentIds: ['a', 'a'] } as const;
    const { answers } = planTrack([trackedEvent(merge)], known(node('a')));
    expect(answers).toEqual([
      { kind: 'refused', message: 'Validation error: pattern_merged needs 2 different parents' },
    ]);
  });

  test('names a new pattern by the earlier of two events of one batch', () => {
    const plan = planTrack(
      [
        trackedEvent({ patternId: 'a', at: 20, name: 'later.ts' }),
        trackedEvent({ patternId: 'a', at: 10, name: 'earlier.ts' }),
      ],
      NOTHING,
    );
    expect(plan.patterns).toMatchObject([
      { patternId: 'a', name: 'earlier.ts', descent: { originAt: 10 } },
    ]);
    expect(plan.occurrences.map(({ action }) => action)).toEqual(['applied', 'created']);
  });

  test('takes neither an application nor a further version for the origin, however early', () => {
    const early = { patternId: 'a', at: -10 } as const;
    const plan = planTrack(
      [
        trackedEvent({ ...early, eventType: 'pattern_applied' }),
        trackedEvent({ ...early, version: '2.0.0', eventId: 'new' }),
        trackedEvent({ ...early, version: '2.0.0', eventId: 'present' }),
      ],
      known(node('a')),
    );
    expect(plan.answers).toMatchObject([
      { kind: 'noted' },
      { kind: 'created' },
      { kind: 'exists' },
    ]);
    expect(plan.descents).toEqual([]);
    expect(plan.renamings).toEqual([]);
  });

  test('takes a validation of what is there for no use', () => {
    const plan = planTrack(
      [trackedEvent({ patternId: 'a', eventType: 'pattern_validated' })],
      known(node('a')),
    );
    expect(plan.answers).toMatchObject([{ kind: 'exists' }]);
    expect(plan.occurrences).toEqual([]);
    expect(plan.events).toHaveLength(1);
  });
});
