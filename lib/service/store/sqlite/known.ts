import type { Database } from '../../../store/database/database.ts';
import type { DescentNode, KnownDescent } from '../../../pattern/descent.ts';
import { DESCENT_COLUMNS } from '../../../store/writers/descent-rows.ts';
import type { PatternNode } from '../rows/tracked-event.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import type { KnownNode, KnownState, TrackNeeds } from '../track-plan.ts';
import { forgottenDigest } from './forgetting/forgotten.ts';

/** Reads what has to be known to plan events from tracker.db. */
export class SqliteKnown {
  readonly #hasEvent;
  readonly #requestOf;
  readonly #hasOccurrence;
  readonly #first;
  readonly #versions;
  readonly #isAnyPending;
  readonly #isAnyForgotten;
  readonly #isForgotten;
  readonly #descent: KnownDescent;

  constructor(database: Database, descent: KnownDescent) {
    this.#descent = descent;
    this.#hasEvent = database
      .prepare<[string], number>('SELECT 1 FROM lineage_events WHERE event_id = ?')
      .pluck();
    this.#requestOf = database
      .prepare<[string], string | null>('SELECT request FROM lineage_events WHERE event_id = ?')
      .pluck();
    this.#hasOccurrence = database
      .prepare<[string, number], number>(
        'SELECT 1 FROM occurrences WHERE event_id = ? AND ordinal = ?',
      )
      .pluck();
    this.#first = database.prepare<[string], PatternNode & DescentNode>(
      `SELECT id AS patternId, version, ${DESCENT_COLUMNS} FROM patterns WHERE id = ?`,
    );
    this.#versions = database.prepare<[string], Omit<PatternNode, 'lineageId'>>(
      `SELECT pattern_id AS patternId, version, generation FROM pattern_versions
       WHERE pattern_id = ? ORDER BY at, version`,
    );
    this.#isAnyPending = database
      .prepare<[], number>('SELECT 1 FROM pending_edges LIMIT 1')
      .pluck();
    this.#isAnyForgotten = database
      .prepare<[], number>('SELECT 1 FROM forgotten_lineage LIMIT 1')
      .pluck();
    this.#isForgotten = database
      .prepare<[string], number>('SELECT 1 FROM forgotten_lineage WHERE digest = ?')
      .pluck();
  }

  /** Reads what `trackNeeds` asks for. Call it in the transaction that writes the plan. */
  read({ eventIds, keys, patternIds }: TrackNeeds): KnownState {
    const known = new Set<string>();
    const forgotten = new Set<string>();
    const isAnyForgotten = this.#isAnyForgotten.get() !== undefined;
    const isForgotten = (kind: 'event' | 'pattern', id: string) =>
      isAnyForgotten && this.#isForgotten.get(forgottenDigest(kind, id)) !== undefined;
    for (const eventId of eventIds) {
      const { eventId: own, ordinal } = occurrenceKey(eventId);
      const isKnown =
        (this.#hasEvent.get(eventId) ?? this.#hasOccurrence.get(own, ordinal)) !== undefined;
      if (isKnown || isForgotten('event', eventId)) known.add(eventId);
    }
    const requests = new Map<string, string>();
    for (const key of keys) {
      const request = this.#requestOf.get(key);
      if (request) requests.set(key, request);
    }
    const nodes: KnownNode[] = [];
    const firsts = new Map<string, DescentNode | undefined>();
    for (const id of patternIds) {
      const first = this.#first.get(id);
      firsts.set(id, first);
      if (!first) {
        if (isForgotten('pattern', id)) forgotten.add(id);
        continue;
      }
      const { patternId, version, lineageId, generation } = first;
      nodes.push({ patternId, version, lineageId, generation, isFirst: true });
      for (const further of this.#versions.iterate(id)) {
        nodes.push({ ...further, lineageId, isFirst: false });
      }
    }
    return { eventIds: known, requests, forgotten, nodes, descent: this.#descentOf(firsts) };
  }

  /** Most patterns are new and nobody waits for them, so the rows that were read anyway answer nearly all. */
  #descentOf(firsts: ReadonlyMap<string, DescentNode | undefined>): KnownDescent {
    const isAnyPending = this.#isAnyPending.get() !== undefined;
    const isClaimed = (id: string) =>
      isAnyPending || !firsts.has(id) || firsts.get(id) !== undefined;
    return {
      node: (id) => (firsts.has(id) ? firsts.get(id) : this.#descent.node(id)),
      claims: this.#descent.claims,
      claimants: (id) => (isClaimed(id) ? this.#descent.claimants(id) : []),
    };
  }
}
