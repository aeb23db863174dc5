import type { Database } from '../../../store/database/database.ts';
import type { KnownDescent } from '../../../pattern/descent.ts';
import type { PatternNode } from '../rows/tracked-event.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import type { KnownNode, KnownState, TrackNeeds } from '../track-plan.ts';

/** Reads what has to be known to plan events from tracker.db. */
export class SqliteKnown {
  readonly #hasEvent;
  readonly #hasOccurrence;
  readonly #first;
  readonly #versions;
  readonly #descent: KnownDescent;

  constructor(database: Database, descent: KnownDescent) {
    this.#descent = descent;
    this.#hasEvent = database
      .prepare<[string], number>('SELECT 1 FROM lineage_events WHERE event_id = ?')
      .pluck();
    this.#hasOccurrence = database
      .prepare<[string, number], number>(
        'SELECT 1 FROM occurrences WHERE event_id = ? AND ordinal = ?',
      )
      .pluck();
    this.#first = database.prepare<[string], PatternNode>(
      `SELECT id AS patternId, version, lineage_id AS lineageId, generation FROM patterns WHERE id = ?`,
    );
    this.#versions = database.prepare<[string], Omit<PatternNode, 'lineageId'>>(
      `SELECT pattern_id AS patternId, version, generation FROM pattern_versions
       WHERE pattern_id = ? ORDER BY at, version`,
    );
  }

  /** Reads what `trackNeeds` asks for. Call it in the transaction that writes the plan. */
  read({ eventIds, patternIds }: TrackNeeds): KnownState {
    const known = new Set<string>();
    for (const eventId of eventIds) {
      const { eventId: own, ordinal } = occurrenceKey(eventId);
      if (this.#hasEvent.get(eventId) ?? this.#hasOccurrence.get(own, ordinal)) known.add(eventId);
    }
    const nodes: KnownNode[] = [];
    for (const id of patternIds) {
      const first = this.#first.get(id);
      if (!first) continue;
      nodes.push({ ...first, isFirst: true });
      for (const version of this.#versions.iterate(id)) {
        nodes.push({ ...version, lineageId: first.lineageId, isFirst: false });
      }
    }
    return { eventIds: known, nodes, descent: this.#descent };
  }
}
