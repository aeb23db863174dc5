import {
  addRemoved,
  choosesCalls,
  movesOrigins,
  NOTHING_REMOVED,
  STEP_PATTERNS,
} from '../../rows/forgetting.ts';
import type { ForgetPlace, ForgetStep, RemovedRows, Selection } from '../../rows/forgetting.ts';
import type { Sql } from '../connection.ts';
import { candidates, eventCondition, otherConditions } from './selection-sql.ts';
import type { SqlFragment } from './selection-sql.ts';

/** Counts what the same step of a deletion would delete. */
export async function countStep(
  sql: Sql,
  tenant: string,
  selection: Selection,
  place: ForgetPlace,
): Promise<ForgetStep> {
  if (place.step === 'others') {
    const [row] = await countOthers(sql, tenant, selection);
    return { removed: addRemoved(NOTHING_REMOVED, row ?? {}), next: undefined };
  }
  const page = await sql<{ id: string; seenAt: number }[]>`
    ${candidates(sql, tenant, selection, place, STEP_PATTERNS)}`;
  const last = page.at(-1);
  if (!last) return { removed: NOTHING_REMOVED, next: { step: 'others' } };
  const ids = page.map(({ id }) => id);
  const [row] = await countPage(sql, tenant, selection, ids);
  const { id, seenAt } = last;
  return {
    removed: addRemoved(NOTHING_REMOVED, row ?? {}),
    next: { step: 'patterns', id, seenAt },
  };
}

// --- internal ---

/** Whether a pattern goes: the selection has all of its events. `id` is an SQL expression. */
function isGone(sql: Sql, tenant: string, selection: Selection, id: SqlFragment): SqlFragment {
  const { before } = selection;
  const isAged = movesOrigins(selection)
    ? sql`false`
    : before === undefined
      ? sql`true`
      : sql`(SELECT last_seen_at < ${before} FROM known_patterns WHERE tenant = ${tenant} AND id = ${id})`;
  return sql`(EXISTS (SELECT FROM patterns WHERE tenant = ${tenant} AND id = ${id})
    AND NOT EXISTS (SELECT FROM events e WHERE e.tenant = ${tenant} AND e.pattern_id = ${id}
      AND NOT ${eventCondition(sql, selection)})
    AND (EXISTS (SELECT FROM events WHERE tenant = ${tenant} AND pattern_id = ${id}) OR ${isAged}))`;
}

function countPage(sql: Sql, tenant: string, selection: Selection, ids: readonly string[]) {
  const gone = (id: SqlFragment) => isGone(sql, tenant, selection, id);
  const condition = eventCondition(sql, selection);
  const movedEdges = movesOrigins(selection)
    ? sql`(SELECT count(*) FROM page JOIN patterns p ON p.tenant = ${tenant} AND p.id = page.id
        JOIN events e ON e.tenant = ${tenant} AND e.pattern_id = p.id AND e.event_id = p.origin_key
        JOIN lineage_edges l ON l.tenant = ${tenant} AND l.child_id = p.id AND l.position >= 0
        WHERE ${condition} AND NOT ${gone(sql`p.id`)} AND NOT ${gone(sql`l.parent_id`)})`
    : sql`0`;
  return sql<RemovedRows[]>`
    WITH page AS MATERIALIZED (SELECT unnest(${[...ids]}::text[]) COLLATE "C" AS id),
    gone AS MATERIALIZED (SELECT id AS own FROM page WHERE ${gone(sql`page.id`)})
    SELECT (SELECT count(*) FROM gone) AS patterns,
      (SELECT count(*) FROM gone JOIN pattern_versions v
        ON v.tenant = ${tenant} AND v.pattern_id = own) AS versions,
      (SELECT count(*) FROM page JOIN events e ON e.tenant = ${tenant} AND e.pattern_id = page.id
        WHERE ${condition}) AS events,
      (SELECT count(e.action) FROM page
        JOIN events e ON e.tenant = ${tenant} AND e.pattern_id = page.id
        WHERE ${condition}) AS occurrences,
      (SELECT count(*) FROM gone JOIN lineage_edges l ON l.tenant = ${tenant} AND l.child_id = own)
        + (SELECT count(*) FROM gone
          JOIN lineage_edges l ON l.tenant = ${tenant} AND l.parent_id = own
          WHERE NOT ${gone(sql`l.child_id`)}) + ${movedEdges} AS edges,
      (SELECT count(*) FROM gone JOIN feedback f
        ON f.tenant = ${tenant} AND f.pattern_id = own) AS feedback,
      (SELECT count(*) FROM gone JOIN applied_improvements i
        ON i.tenant = ${tenant} AND i.pattern_id = own) AS improvements`;
}

function countOthers(sql: Sql, tenant: string, selection: Selection) {
  const gone = (id: SqlFragment) => isGone(sql, tenant, selection, id);
  const condition = eventCondition(sql, selection);
  const { feedback, improvement, call, session } = otherConditions(sql, tenant, selection);
  const written = sql`events e WHERE e.tenant = ${tenant} AND e.action IS NOT NULL`;
  const calls = choosesCalls(selection)
    ? sql`SELECT count(*) FROM tool_calls WHERE ${call}`
    : sql`SELECT count(*) FROM (
          SELECT DISTINCT e.session_id, e.tool_use_id FROM ${written} AND ${condition}) AS c
        JOIN tool_calls t ON t.tenant = ${tenant} AND t.session_id = c.session_id
          AND t.tool_use_id = c.tool_use_id
        WHERE NOT EXISTS (SELECT FROM ${written} AND e.session_id = c.session_id
          AND e.tool_use_id = c.tool_use_id AND NOT ${condition})`;
  const otherCalls = choosesCalls(selection)
    ? sql`SELECT FROM tool_calls WHERE tenant = ${tenant} AND session_id = s.id AND NOT ${call}`
    : sql`SELECT FROM tool_calls t WHERE t.tenant = ${tenant} AND t.session_id = s.id
        AND NOT EXISTS (SELECT FROM ${written} AND e.session_id = s.id
          AND e.tool_use_id = t.tool_use_id)`;
  return sql<Partial<RemovedRows>[]>`SELECT
    (SELECT count(*) FROM feedback f WHERE ${feedback} AND NOT ${gone(sql`f.pattern_id`)}) AS feedback,
    (SELECT count(*) FROM applied_improvements i
      WHERE ${improvement} AND NOT ${gone(sql`i.pattern_id`)}) AS improvements,
    (${calls}) AS executions,
    (SELECT count(*) FROM sessions s WHERE s.tenant = ${tenant}
      AND NOT EXISTS (SELECT FROM ${written} AND e.session_id = s.id AND NOT ${condition})
      AND NOT EXISTS (${otherCalls})
      AND (EXISTS (SELECT FROM ${written} AND e.session_id = s.id) OR ${session})) AS sessions`;
}
