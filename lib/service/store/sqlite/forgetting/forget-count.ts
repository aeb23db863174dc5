import type { Database } from '../../../../store/database/database.ts';
import { addRemoved, choosesCalls, movesOrigins, NOTHING_REMOVED } from '../../rows/forgetting.ts';
import type { ForgetPlace, ForgetStep, RemovedRows, Selection } from '../../rows/forgetting.ts';
import { candidatePage } from './forget.ts';
import { selectionSql } from './selection-sql.ts';
import type { SelectionSql } from './selection-sql.ts';

/** Counts what the same step of a deletion would delete. */
export function countStep(
  database: Database,
  selection: Selection,
  place: ForgetPlace,
): ForgetStep {
  const conditions = selectionSql(selection);
  const isGone = (id: string) => goneSql(selection, conditions, id);
  const count = (sql: string, given: object = {}) =>
    database.prepare<[object], Partial<RemovedRows>>(sql).get({ ...selection, ...given });
  if (place.step === 'others') {
    const removed = addRemoved(
      NOTHING_REMOVED,
      count(othersSql(selection, conditions, isGone)) ?? {},
    );
    return { removed, next: undefined };
  }
  const page = candidatePage(database, selection, place);
  const last = page.at(-1);
  if (!last) return { removed: NOTHING_REMOVED, next: { step: 'others' } };
  const ids = JSON.stringify(page.map(({ id }) => id));
  const removed = addRemoved(
    NOTHING_REMOVED,
    count(pageSql(selection, conditions, isGone), { ids }) ?? {},
  );
  return { removed, next: { step: 'patterns', ...last } };
}

// --- internal ---

type IsGone = (id: string) => string;

/** SQL for whether a pattern goes: the selection has all of its rows. `id` is an SQL expression. */
function goneSql(selection: Selection, { event, occurrence }: SelectionSql, id: string): string {
  const isAged = movesOrigins(selection)
    ? 'false'
    : selection.before === undefined
      ? 'true'
      : `(SELECT last_seen_at < @before FROM patterns WHERE id = ${id})`;
  return `(EXISTS (SELECT 1 FROM patterns WHERE id = ${id})
    AND NOT EXISTS (SELECT 1 FROM lineage_events e WHERE e.pattern_id = ${id} AND NOT (${event}))
    AND NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.pattern_id = ${id} AND NOT (${occurrence}))
    AND (EXISTS (SELECT 1 FROM lineage_events WHERE pattern_id = ${id})
      OR EXISTS (SELECT 1 FROM occurrences WHERE pattern_id = ${id}) OR ${isAged}))`;
}

function pageSql(
  selection: Selection,
  { event, occurrence }: SelectionSql,
  isGone: IsGone,
): string {
  const movedEdges = movesOrigins(selection)
    ? `(SELECT count(*) FROM page JOIN patterns p ON p.id = page.id
         JOIN lineage_events e ON e.event_id = p.origin_key
         JOIN lineage_edges l ON l.child_id = p.id AND l.position >= 0
         WHERE ${event} AND NOT ${isGone('p.id')} AND NOT ${isGone('l.parent_id')})`
    : '0';
  return `WITH page AS MATERIALIZED (SELECT value AS id FROM json_each(@ids)),
      gone AS MATERIALIZED (SELECT id FROM page WHERE ${isGone('page.id')})
    SELECT (SELECT count(*) FROM gone) AS patterns,
      (SELECT count(*) FROM gone JOIN pattern_versions ON pattern_id = gone.id) AS versions,
      (SELECT count(*) FROM page CROSS JOIN lineage_events e ON e.pattern_id = page.id
        WHERE ${event}) AS events,
      (SELECT count(*) FROM page CROSS JOIN occurrences o ON o.pattern_id = page.id
        WHERE ${occurrence}) AS occurrences,
      (SELECT count(*) FROM gone JOIN lineage_edges ON child_id = gone.id)
        + (SELECT count(*) FROM gone JOIN lineage_edges l ON l.parent_id = gone.id
          WHERE NOT ${isGone('l.child_id')}) + ${movedEdges} AS edges,
      (SELECT count(*) FROM gone JOIN feedback ON pattern_id = gone.id) AS feedback,
      (SELECT count(*) FROM gone JOIN applied_improvements ON pattern_id = gone.id) AS improvements`;
}

function othersSql(
  selection: Selection,
  { occurrence, feedback, improvement, call, session }: SelectionSql,
  isGone: IsGone,
): string {
  const calls = choosesCalls(selection)
    ? `SELECT count(*) FROM tool_calls WHERE ${call}`
    : `SELECT count(*) FROM (SELECT DISTINCT session_id, tool_use_id FROM occurrences o
         WHERE ${occurrence} AND tool_use_id IS NOT NULL) AS c
       JOIN tool_calls t ON t.session_id = c.session_id AND t.tool_use_id = c.tool_use_id
       WHERE NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.session_id = c.session_id
         AND o.tool_use_id = c.tool_use_id AND NOT (${occurrence}))`;
  const otherCalls = choosesCalls(selection)
    ? `SELECT 1 FROM tool_calls WHERE session_id = s.id AND NOT (${call})`
    : `SELECT 1 FROM tool_calls t WHERE t.session_id = s.id AND NOT EXISTS (
         SELECT 1 FROM occurrences WHERE session_id = s.id AND tool_use_id = t.tool_use_id)`;
  return `SELECT
    (SELECT count(*) FROM feedback f WHERE ${feedback} AND NOT ${isGone('f.pattern_id')}) AS feedback,
    (SELECT count(*) FROM applied_improvements i
      WHERE ${improvement} AND NOT ${isGone('i.pattern_id')}) AS improvements,
    (${calls}) AS executions,
    (SELECT count(*) FROM sessions s
      WHERE s.cwd IS NULL AND s.source IS NULL AND s.project_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.session_id = s.id AND NOT (${occurrence}))
        AND NOT EXISTS (${otherCalls})
        AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = s.id)
        AND (EXISTS (SELECT 1 FROM occurrences o WHERE o.session_id = s.id) OR ${session})) AS sessions`;
}
