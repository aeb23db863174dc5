import type { Database } from '../../database/database.ts';
import { Conditions } from '../conditions.ts';
import { namedOccurrences } from './code-places.ts';
import type { CodeFilter } from './code-places.ts';
import type { SearchText } from './search-text.ts';
import { EVENT_COLUMNS } from './searchable.ts';
import type { SearchableEvent } from './searchable.ts';

/**
 * The events that first wrote code which a filter names and which holds a text, the newest first: of those that the index
 * knows. Undefined if the filter may name more than a few places, or no index finds them: then what holds the text is to be
 * looked for, and compared with the filter.
 */
export function fewCodeEvents(
  database: Database,
  filter: Omit<CodeFilter, 'limit'>,
  text: SearchText,
  indexedTo: number,
): SearchableEvent[] | undefined {
  const { session, projectIds, since } = filter;
  if (session === undefined && projectIds === undefined && since === undefined) return undefined;
  const where = namedOccurrences(filter);
  const named = `SELECT o.pattern_id FROM occurrences o ${where.sql()} LIMIT ${FEW + 1}`;
  const count = database.prepare<[Record<string, string | number>], number>(
    `SELECT count(*) FROM (${named})`,
  );
  if ((count.pluck().get(where.values) ?? 0) > FEW) return undefined;
  const holds = text.condition('p.code');
  const select = database.prepare<unknown[], SearchableEvent>(
    `SELECT DISTINCT ${EVENT_COLUMNS}
     FROM (SELECT DISTINCT pattern_id FROM (${named})) few
     JOIN patterns p ON p.id = few.pattern_id
     JOIN events e ON e.event_id = (SELECT event_id FROM occurrences
       WHERE pattern_id = p.id ORDER BY at, event_id LIMIT 1)
     WHERE ${holds.sql} AND e.id <= @indexedTo ORDER BY e.id DESC`,
  );
  return select.all(...holds.values, { ...where.values, indexedTo });
}

/** The ids of the first and the last event that a filter may name; undefined if these are not few, or not known. */
export function fewEventIds(
  database: Database,
  { session, since, until }: Omit<CodeFilter, 'limit'>,
): { readonly first: number; readonly last: number } | undefined {
  if (session === undefined && since === undefined) return undefined;
  const isKnown = database.prepare<[string], number>('SELECT count(*) FROM sessions WHERE id = ?');
  if (session !== undefined && isKnown.pluck().get(session) === 0) return undefined;
  const where = new Conditions();
  if (since !== undefined) where.add('received_at >= @since', { since });
  if (until !== undefined) where.add('received_at < @until', { until });
  if (session !== undefined) {
    where
      .add('received_at >= (SELECT started_at FROM sessions WHERE id = @session)', { session })
      .add('received_at <= (SELECT last_event_at FROM sessions WHERE id = @session)');
  }
  const ids = database
    .prepare<[Record<string, string | number>], { first: number; last: number; count: number }>(
      `SELECT coalesce(min(id), 0) AS first, coalesce(max(id), 0) AS last, count(*) AS count
       FROM (SELECT id FROM events ${where.sql()} LIMIT ${FEW_EVENTS + 1})`,
    )
    .get(where.values);
  return ids !== undefined && ids.count <= FEW_EVENTS ? ids : undefined;
}

// --- internal ---

/** So many places of code are looked at one by one. */
const FEW = 2_000;
/** So many events are gone through to learn which is the first and which the last. */
const FEW_EVENTS = 20_000;
