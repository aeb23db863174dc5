import type { Database } from '../../database/database.ts';
import { filterValues, newestRows } from './totals-source.ts';
import type { StatisticsFilter } from './totals-source.ts';

/** How many places that Claude wrote it wrote again soon. */
export interface Rework {
  /** How many were looked at: {@link MOST_EDITS} at most, about the newest. */
  readonly edits: number;
  /** Of these, the ones whose lines another edit replaced within an hour. */
  readonly reworked: number;
}

/** Places that are looked at, about. */
export const MOST_EDITS = 10_000;

/** How many edits Claude reworked within the hour. */
export function reworkOf(database: Database, filter: StatisticsFilter): Rework {
  const { since } = filter;
  const newest = newestRows('occurrences', filter, "item.authorship = 'authored'", MOST_EDITS);
  const row = database
    .prepare<[Record<string, string>], Rework>(
      `WITH edit AS MATERIALIZED (SELECT item.event_id, item.ordinal, item.at ${newest})
       SELECT (SELECT count(*) FROM edit) AS edits,
         (SELECT count(*) FROM (
            SELECT DISTINCT parent.event_id, parent.ordinal FROM edit
            CROSS JOIN occurrence_parents link ON link.event_id = edit.event_id AND link.ordinal = edit.ordinal
            CROSS JOIN occurrences parent
              ON parent.event_id = link.parent_event_id AND parent.ordinal = link.parent_ordinal
            WHERE parent.event_id != edit.event_id AND parent.at >= edit.at - ${HOUR_MS}
              ${since === undefined ? '' : `AND parent.at >= ${since}`})) AS reworked`,
    )
    .get(filterValues(filter));
  return row ?? { edits: 0, reworked: 0 };
}

// --- internal ---

const HOUR_MS = 60 * 60_000;
