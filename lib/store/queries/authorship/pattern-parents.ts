import type { Database } from '../../database/database.ts';

/** A pattern that another one came from. */
export interface PatternParent {
  /** Null for what is past retention. */
  readonly id: string | null;
  /** Null, like the generation, for a parent that is not stored. */
  readonly name: string | null;
  readonly generation: number | null;
  /** Which part of the lines that the child replaced was of this pattern, from 0 to 1; null if that is not known. */
  readonly share: number | null;
}

/** Where the code of a pattern came from, as its origin tells. */
export interface PatternAuthorship {
  /** Which part of the lines that it changed is new, and so Claude's own, from 0 to 1; null if that is not known. */
  readonly authoredShare: number | null;
  /** The largest share first. */
  readonly parents: readonly PatternParent[];
}

/** Which part of a pattern is new, and all that it came from. */
export function authorshipOf(database: Database, patternId: string): PatternAuthorship {
  const origin = database
    .prepare<[string], Origin>(
      `SELECT event_id AS eventId, ordinal, authored_share AS authoredShare FROM occurrences
       WHERE pattern_id = ? ORDER BY action = 'applied', at, event_id, ordinal LIMIT 1`,
    )
    .get(patternId);
  const parents = database
    .prepare<[{ id: string; event: string | null; ordinal: number | null }], PatternParent>(
      // A parent with several occurrences has their shares together.
      `WITH told (id, share) AS (
         SELECT source.pattern_id, sum(parent.share)
         FROM occurrence_parents parent LEFT JOIN occurrences source
           ON source.event_id = parent.parent_event_id AND source.ordinal = parent.parent_ordinal
         WHERE parent.event_id = @event AND parent.ordinal = @ordinal
         GROUP BY source.pattern_id)
       SELECT all_parents.id, p.name, p.generation, told.share
       FROM (SELECT id FROM told
             UNION SELECT parent_id FROM lineage_edges WHERE child_id = @id AND position >= 0) all_parents
       LEFT JOIN told ON told.id IS all_parents.id
       LEFT JOIN patterns p ON p.id = all_parents.id
       LEFT JOIN lineage_edges edge ON edge.child_id = @id AND edge.parent_id = all_parents.id
       ORDER BY told.share DESC, edge.position, all_parents.id`,
    )
    .all({
      id: patternId,
      event: origin?.eventId ?? null,
      ordinal: origin?.ordinal ?? null,
    });
  return { authoredShare: origin?.authoredShare ?? null, parents };
}

// --- internal ---

interface Origin {
  readonly eventId: string;
  readonly ordinal: number;
  readonly authoredShare: number | null;
}
