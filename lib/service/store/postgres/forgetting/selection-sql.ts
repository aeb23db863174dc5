import { choosesCalls } from '../../rows/forgetting.ts';
import type { Selection } from '../../rows/forgetting.ts';
import type { Sql } from '../connection.ts';

/** A part of a statement. */
export type SqlFragment = ReturnType<Sql>;

/** The condition for a row of events, `e`; it is never null. */
export function eventCondition(
  sql: Sql,
  { patternId, sessionId, machine, before }: Selection,
): SqlFragment {
  return sql`(true
    ${patternId === undefined ? sql`` : sql`AND e.pattern_id = ${patternId}`}
    ${sessionId === undefined ? sql`` : sql`AND e.session_id IS NOT DISTINCT FROM ${sessionId}`}
    ${machine === undefined ? sql`` : sql`AND e.machine IS NOT DISTINCT FROM ${machine}`}
    ${before === undefined ? sql`` : sql`AND e.at < ${before}`})`;
}

/** The conditions for rows that are chosen by themselves; they are never null. */
export function otherConditions(sql: Sql, tenant: string, selection: Selection) {
  const { patternId, sessionId, machine, before } = selection;
  const isOf = patternId === undefined ? sql`` : sql`AND pattern_id = ${patternId}`;
  const isIn =
    sessionId === undefined ? sql`` : sql`AND session_id IS NOT DISTINCT FROM ${sessionId}`;
  const isOld = before === undefined ? sql`` : sql`AND at < ${before}`;
  const isBy =
    machine === undefined ? sql`` : sql`AND extra ->> 'machine' IS NOT DISTINCT FROM ${machine}`;
  const none = sql`(false)`;
  return {
    feedback: sql`(tenant = ${tenant} ${isOf} ${isIn} ${isBy} ${isOld})`,
    improvement:
      sessionId === undefined && machine === undefined
        ? sql`(tenant = ${tenant} ${isOf} ${isOld})`
        : none,
    call: choosesCalls(selection) ? sql`(tenant = ${tenant} ${isIn} ${isOld})` : none,
    session: choosesCalls(selection)
      ? sql`(tenant = ${tenant}
          ${sessionId === undefined ? sql`` : sql`AND id = ${sessionId}`}
          ${before === undefined ? sql`` : sql`AND met_at < ${before}`})`
      : none,
  };
}

/** A page of the patterns that may be concerned, as `id` and `seenAt`. */
export function candidates(
  sql: Sql,
  tenant: string,
  { patternId, sessionId }: Selection,
  { id, seenAt }: { readonly id: string | undefined; readonly seenAt: number | undefined },
  limit: number,
): SqlFragment {
  if (patternId !== undefined) {
    return sql`SELECT id, first_seen_at AS "seenAt" FROM patterns
      WHERE tenant = ${tenant} AND id = ${patternId} AND ${id === undefined}`;
  }
  if (sessionId !== undefined) {
    return sql`SELECT DISTINCT pattern_id AS id, 0 AS "seenAt" FROM events
      WHERE tenant = ${tenant} AND session_id = ${sessionId}
        ${id === undefined ? sql`` : sql`AND pattern_id < ${id}`}
      ORDER BY pattern_id DESC LIMIT ${limit}`;
  }
  const after =
    id === undefined || seenAt === undefined
      ? sql``
      : sql`AND (first_seen_at, id) < (${seenAt}, ${id})`;
  return sql`SELECT id, first_seen_at AS "seenAt" FROM patterns
    WHERE tenant = ${tenant} ${after} ORDER BY first_seen_at DESC, id DESC LIMIT ${limit}`;
}
