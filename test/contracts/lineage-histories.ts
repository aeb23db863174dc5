import { createHash } from 'node:crypto';
import type { EdgeType } from '../../lib/lineage-api/lineage-terms.ts';

/** One occurrence of a pattern in a history. Times are milliseconds since 1970. */
export interface HistoryOccurrence {
  readonly kind: 'occurrence';
  readonly patternId: string;
  readonly at: number;
  /** In `HISTORIES` a text that {@link inRun} turns into 32 hex digits. */
  readonly eventId: string;
  readonly parentIds: readonly string[];
  readonly edgeType: EdgeType;
}

/** A deprecation of a pattern in a history. */
export interface HistoryDeprecation {
  readonly kind: 'deprecation';
  readonly patternId: string;
  readonly at: number;
  readonly eventId: string;
  readonly reason: string;
}

/** One event of a history. */
export type HistoryEvent = HistoryOccurrence | HistoryDeprecation;

/** What a store holds of a pattern once a history was told. */
export interface PatternOutcome {
  readonly id: string;
  /** That which its origin gave it. */
  readonly name: string;
  readonly firstSeenAt: number;
  readonly origin: 'created' | 'modified';
  readonly generation: number;
  readonly lineageId: string;
  /** `EDGE TYPE of PARENT`, sorted. */
  readonly edges: readonly string[];
  /** `ACTION at TIME` of every occurrence, sorted. */
  readonly occurrences: readonly string[];
  readonly deprecation: string | null;
}

/** A named history, and what has to be stored after it. */
export interface History {
  readonly name: string;
  readonly events: readonly HistoryEvent[];
  /** Written by hand: `b: 2 of a < a` means pattern b, generation 2, lineage a, with the parent a. */
  readonly outcome: readonly string[];
  /** Why a writer cannot be told this history. @default every writer can */
  readonly except?: Readonly<Partial<Record<'library', string>>>;
}

const EDGE = ['modified_from', 'modified_from', 'merged_from'] as const;

/**
 * Histories, and what has to be stored after them whatever the order of arrival. An event is written
 * `PATTERN@TIME`, followed by `<a` for an edit of a, `^a` for a fork of a, `<a+b` for a merge. `!N` begins the
 * event id, which decides between occurrences of one millisecond. `†a@TIME REASON` deprecates a.
 */
export const HISTORIES: readonly History[] = [
  history('one creation', 'a@10', 'a: 1 of a'),
  history('the same code twice', 'a@10 a@20', 'a: 1 of a'),
  history('the same code three times', 'a@10 a@20 a@30', 'a: 1 of a'),
  history('two that have nothing in common', 'a@10 b@20', 'a: 1 of a, b: 1 of b'),
  history('an edit', 'a@10 b@20<a', 'a: 1 of a, b: 2 of a < a'),
  history('an edit of an edit', 'a@10 b@20<a c@30<b', 'a: 1 of a, b: 2 of a < a, c: 3 of a < b'),
  history(
    'a chain of five',
    'a@10 b@20<a c@30<b d@40<c e@50<d',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b, d: 4 of a < c, e: 5 of a < d',
  ),
  history('two edits of one', 'a@10 b@20<a c@30<a', 'a: 1 of a, b: 2 of a < a, c: 2 of a < a'),
  history('an edit that changes nothing', 'a@10 a@20<a', 'a: 1 of a'),
  history('an edit seen first, and then written', 'a@10 b@20<a b@30', 'a: 1 of a, b: 2 of a < a'),
  history('written first, and then an edit', 'a@10 b@20 b@30<a', 'a: 1 of a, b: 1 of b'),
  history('a late edit of what was written', 'a@10 b@30 b@20<a', 'a: 1 of a, b: 2 of a < a'),
  history('a late writing of what was an edit', 'a@10 b@30<a b@5', 'a: 1 of a, b: 1 of b'),
  history('there and back: A, B, A', 'a@10 b@20<a a@30<b', 'a: 1 of a, b: 2 of a < a'),
  history(
    'there and back twice: A, B, A, B',
    'a@10 b@20<a a@30<b b@40<a',
    'a: 1 of a, b: 2 of a < a',
  ),
  history(
    'a circle of three',
    'a@10 b@20<a c@30<b a@40<c',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b',
  ),
  history('B, A, B, where B was first', 'b@10 a@20<b b@30<a', 'b: 1 of b, a: 2 of b < b'),
  history(
    'an edit of two earlier ones',
    'a@10 b@15 c@20<a c@30<b',
    'a: 1 of a, b: 1 of b, c: 2 of a < a',
  ),
  history(
    'the earlier of two edits decides',
    'a@10 b@15 c@30<a c@20<b',
    'a: 1 of a, b: 1 of b, c: 2 of b < b',
  ),
  history(
    'a root that turns out to be an edit',
    'a@10 b@30 c@40<b b@20<a',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b',
  ),
  history(
    'an edit that turns out to be a root',
    'a@10 b@30<a c@40<b b@20',
    'a: 1 of a, b: 1 of b, c: 2 of b < b',
  ),
  history(
    'a chain under a root that moves',
    'z@1 a@10 b@20<a c@30<b a@5<z',
    'z: 1 of z, a: 2 of z < z, b: 3 of z < a, c: 4 of z < b',
  ),
  history(
    'an edit that turns out to be one of another line',
    'x@1 z@2 a@20<x b@30<a a@10<z',
    'x: 1 of x, z: 1 of z, a: 2 of z < z, b: 3 of z < a',
  ),
  history('a parent that is younger than its child', 'b@10<a a@20', 'a: 1 of a, b: 1 of b'),
  history(
    'a parent that was younger until an earlier one came',
    'b@10<a a@20 a@5',
    'a: 1 of a, b: 2 of a < a',
  ),
  history('a parent that never comes', 'b@10<a c@20<b', 'b: 1 of b, c: 2 of b < b', {
    library: 'a caller names only patterns that are known',
  }),
  history(
    'a grandparent that was younger',
    'c@30<b b@20<a a@25 a@15',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b',
  ),
  history('a merge', 'a@10 b@20 m@30<a+b', 'a: 1 of a, b: 1 of b, m: 2 of a < a b'),
  history(
    'a merge, named the other way round',
    'a@10 b@20 m@30<b+a',
    'a: 1 of a, b: 1 of b, m: 2 of b < a b',
  ),
  history(
    'a merge of two generations',
    'a@10 b@20<a c@30<b x@40 m@50<x+c',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b, x: 1 of x, m: 4 of x < c x',
  ),
  history(
    'an edit of a merge',
    'a@10 b@20 m@30<a+b n@40<m',
    'a: 1 of a, b: 1 of b, m: 2 of a < a b, n: 3 of a < m',
  ),
  history(
    'a merge back into its own line',
    'a@10 b@20<a c@25<a m@30<b+c',
    'a: 1 of a, b: 2 of a < a, c: 2 of a < a, m: 3 of a < b c',
  ),
  history(
    'a merge of three',
    'a@10 b@11 c@12 m@30<c+a+b',
    'a: 1 of a, b: 1 of b, c: 1 of c, m: 2 of c < a b c',
  ),
  history(
    'a merge one of whose parents is younger',
    'a@10 b@40 m@30<b+a',
    'a: 1 of a, b: 1 of b, m: 2 of a < a',
  ),
  history(
    'a merge whose first parent turns out older',
    'a@10 b@40 b@5 m@30<b+a',
    'a: 1 of a, b: 1 of b, m: 2 of b < a b',
  ),
  history(
    'a merge under which one side gets a parent',
    'z@1 a@10 b@20 m@30<a+b b@15<z',
    'z: 1 of z, a: 1 of a, b: 2 of z < z, m: 3 of a < a b',
  ),
  history(
    'a merge of a pattern with its own edit, under a root that moves',
    'z@1 a@10 c@20<a b@30<a+c a@5<z',
    'z: 1 of z, a: 2 of z < z, c: 3 of z < a, b: 4 of z < a c',
  ),
  history(
    'a merge that names one twice',
    'a@10 b@20 m@30<a+b+a',
    'a: 1 of a, b: 1 of b, m: 2 of a < a b',
  ),
  history(
    'a merge of what was there already',
    'a@10 b@20 m@25 m@30<a+b',
    'a: 1 of a, b: 1 of b, m: 1 of m',
  ),
  history(
    'a late merge of what was an edit',
    'a@10 b@20 m@40<a m@30<b+a',
    'a: 1 of a, b: 1 of b, m: 2 of b < a b',
  ),
  history('a fork', 'a@10 f@20^a', 'a: 1 of a, f: 2 of a < a'),
  history(
    'a fork and an edit of it',
    'a@10 f@20^a g@30<f',
    'a: 1 of a, f: 2 of a < a, g: 3 of a < f',
  ),
  history('a late fork of what was written', 'a@10 f@30 f@20^a', 'a: 1 of a, f: 2 of a < a'),
  history('a fork that is edited back', 'a@10 f@20^a a@30<f', 'a: 1 of a, f: 2 of a < a'),
  history('a deprecation', 'a@10 †a@20 old', 'a: 1 of a'),
  history('a deprecation of an edit', 'a@10 b@20<a †a@30 replaced', 'a: 1 of a, b: 2 of a < a'),
  history('two deprecations: the later holds', 'a@10 †a@20 first †a@30 second', 'a: 1 of a'),
  history(
    'three deprecations: the latest holds',
    'a@10 †a@20 zinc †a@40 amber †a@30 maple',
    'a: 1 of a',
  ),
  history('two deprecations at one time', 'a@10 †a@20 one †a@20 two', 'a: 1 of a'),
  history('a use after a deprecation', 'a@10 †a@20 old a@30', 'a: 1 of a'),
  history('parent and child of one millisecond', 'a@10 b@10<a', 'a: 1 of a, b: 2 of a < a'),
  history(
    'a chain of one millisecond',
    'a@10 b@10<a c@10<b',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b',
  ),
  history(
    'two of one millisecond that claim each other',
    'a@10<b b@10<a c@20<b',
    'a: 1 of a, b: 1 of b, c: 2 of b < b',
    {
      library: 'a caller names only patterns that are known',
    },
  ),
  history(
    'three of one millisecond in a circle, and one below',
    'a@10<c b@10<a c@10<b d@10<c',
    'a: 1 of a, b: 1 of b, c: 1 of c, d: 2 of c < c',
    {
      library: 'a caller names only patterns that are known',
    },
  ),
  history(
    'two origins of one millisecond: the greater id decides',
    'a@10 b@20<a!1 b@20!2',
    'a: 1 of a, b: 1 of b',
    {
      library: 'what is said again of a known pattern is a millisecond later',
    },
  ),
  history(
    'the same with the ids the other way round',
    'a@10 b@20<a!2 b@20!1',
    'a: 1 of a, b: 2 of a < a',
    {
      library: 'what is said again of a known pattern is a millisecond later',
    },
  ),
  history(
    'two origins of one millisecond that come after a later one',
    'a@10 b@30!3 b@20<a!1 b@20!2',
    'a: 1 of a, b: 1 of b',
    {
      library: 'what is said again of a known pattern is a millisecond later',
    },
  ),
  history(
    'two edits of one millisecond',
    'a@10 x@11 b@20<x!1 b@20<a!2',
    'a: 1 of a, x: 1 of x, b: 2 of a < a',
    {
      library: 'what is said again of a known pattern is a millisecond later',
    },
  ),
  history(
    'an edit that changes nothing, in the millisecond of the first writing',
    'a@10!1 a@10<a!2',
    'a: 1 of a',
    {
      library: 'what is said again of a known pattern is a millisecond later',
    },
  ),
  history('two machines write the same', 'a@10!1 a@12!2', 'a: 1 of a'),
  history(
    'one machine writes what the other edits',
    'a@10!1 b@20<a!1 b@15!2',
    'a: 1 of a, b: 1 of b',
  ),
  history(
    'two machines edit towards each other',
    'a@10!1 b@12!2 b@20<a!3 a@22<b!4',
    'a: 1 of a, b: 1 of b',
  ),
  history(
    'one machine goes on where the other began',
    'a@10!1 b@20<a!2 c@30<b!3 b@25<a!4',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b',
  ),
  history(
    'a machine that was offline comes first in time',
    'b@30!1 c@40<b!2 a@5!3 b@6<a!4',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b',
  ),
  history(
    'two roots that become one line',
    'a@10 b@20 c@30<b d@40<a b@15<a',
    'a: 1 of a, b: 2 of a < a, c: 3 of a < b, d: 2 of a < a',
  ),
];

/** The id by which sinks know the only fragment of an event. */
export const keyOf = ({ eventId }: HistoryEvent): string => `${eventId}-0`;

/** The name of the file that an event is about; each event has its own, so that it shows who named a pattern. */
export const fileNameOf = ({ eventId }: HistoryEvent): string => `${eventId}.ts`;

/** All orders of the events, the given one first; if there are more than `most`, an even choice of them. */
export function ordersOf<T>(events: readonly T[], most = 120): T[][] {
  const orders: T[][] = [];
  const add = (rest: readonly T[], done: readonly T[]): void => {
    if (orders.length >= ENOUGH) return;
    if (rest.length === 0) orders.push([...done]);
    for (const [index, next] of rest.entries()) {
      add([...rest.slice(0, index), ...rest.slice(index + 1)], [...done, next]);
    }
  };
  add(events, []);
  if (orders.length <= most) return orders;
  const step = orders.length / most;
  return Array.from({ length: most }, (_, index) => orders[Math.floor(index * step)] ?? []);
}

/** Gives all pattern ids of a run a prefix of its own, so that one store can hold many runs. */
export function inRun(run: string, events: readonly HistoryEvent[]): HistoryEvent[] {
  const own = (id: string) => `${run}.${id}`;
  return events.map((event) => ({
    ...event,
    patternId: own(event.patternId),
    eventId: idOf(run, event.eventId),
    ...(event.kind === 'occurrence' ? { parentIds: event.parentIds.map(own) } : {}),
  }));
}

/** Writes an outcome as `History.outcome` does. */
export function outcomeText({ id, generation, lineageId, edges }: PatternOutcome): string {
  const plain = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const parents = edges.map((edge) => plain(edge.slice(edge.lastIndexOf(' ') + 1)));
  const from = parents.length > 0 ? ` < ${parents.toSorted().join(' ')}` : '';
  return `${plain(id)}: ${generation} of ${plain(lineageId)}${from}`;
}

/**
 * Works out what has to be stored after `events`. It looks at all events at once and in the plainest way, so
 * it shares no code and no idea with lib/pattern/descent.ts.
 */
export function outcomesOf(events: readonly HistoryEvent[]): PatternOutcome[] {
  const occurrences = events.filter((event) => event.kind === 'occurrence');
  const ids = [...new Set(occurrences.map(({ patternId }) => patternId))];
  const origins = new Map(
    ids.map((id) => {
      const own = occurrences.filter(({ patternId }) => patternId === id);
      const [first] = own.toSorted((a, b) => a.at - b.at || (keyOf(a) > keyOf(b) ? -1 : 1));
      return [id, first as HistoryOccurrence];
    }),
  );
  const claims = (id: string) =>
    [...new Set(origins.get(id)?.parentIds)].filter(
      (parent) => parent !== id && origins.has(parent),
    );
  const at = (id: string) => origins.get(id)?.at ?? 0;
  const reaches = (from: string, to: string, met = new Set<string>()): boolean =>
    claims(from)
      .filter((parent) => at(parent) === at(from) && !met.has(parent))
      .some((parent) => parent === to || reaches(parent, to, met.add(parent)));
  const parents = (id: string) =>
    claims(id).filter(
      (parent) => at(parent) < at(id) || (at(parent) === at(id) && !reaches(parent, id)),
    );
  const generation = (id: string): number =>
    1 + Math.max(0, ...parents(id).map((parent) => generation(parent)));
  const lineage = (id: string): string => {
    const [first] = parents(id);
    return first === undefined ? id : lineage(first);
  };
  return ids.toSorted().map((id) => {
    const origin = parents(id).length > 0 ? 'modified' : 'created';
    const [deprecation] = events
      .filter((event) => event.kind === 'deprecation')
      .filter(({ patternId }) => patternId === id)
      .toSorted((a, b) => b.at - a.at || (a.reason < b.reason ? 1 : -1));
    return {
      id,
      name: fileNameOf(origins.get(id) as HistoryOccurrence),
      firstSeenAt: at(id),
      origin,
      generation: generation(id),
      lineageId: lineage(id),
      edges: parents(id)
        .map((parent) => `${origins.get(id)?.edgeType} of ${parent}`)
        .toSorted(),
      occurrences: occurrences
        .filter(({ patternId }) => patternId === id)
        .map((event) => `${event === origins.get(id) ? origin : 'applied'} at ${event.at}`)
        .toSorted(),
      deprecation: deprecation?.reason ?? null,
    };
  });
}

// --- internal ---

/** The most orders that are generated: all orders of seven events. */
const ENOUGH = 5_040;

function history(name: string, told: string, outcome: string, except?: History['except']): History {
  const events = [
    ...told.matchAll(/(†?)(\w)@(\d+)(?:([<^])([\w+]+))?(?:!(\d))?(?: ([a-z]+)(?= |$))?/g),
  ].map(([text, mark, patternId = '', time, sign, parents, id, reason], index): HistoryEvent => {
    const said = { patternId, at: Number(time), eventId: `${id ?? 'any'}#${index} ${text}` };
    if (mark) return { kind: 'deprecation', ...said, reason: reason ?? '' };
    const parentIds = parents?.split('+') ?? [];
    const edgeType = sign === '^' ? 'derived_from' : EDGE[Math.min(parentIds.length, 2)];
    return { kind: 'occurrence', ...said, parentIds, edgeType: edgeType ?? 'modified_from' };
  });
  return { name, events, outcome: outcome.split(', '), ...(except ? { except } : {}) };
}

/** 32 hex digits that begin with the number given by `!N`, so that it decides their order. */
function idOf(run: string, eventId: string): string {
  const digest = createHash('sha256').update(`${run} ${eventId}`).digest('hex');
  const [asked = ''] = /^\d(?=#)/.exec(eventId) ?? [];
  return (asked + digest).slice(0, 32);
}
