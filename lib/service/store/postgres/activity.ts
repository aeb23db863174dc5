import {
  activityFrom,
  isSameFeedback,
  MAX_IMPROVEMENTS,
  MAX_USES,
} from '../rows/pattern-activity.ts';
import type {
  AppliedImprovement,
  Feedback,
  PatternActivity,
  PatternUse,
} from '../rows/pattern-activity.ts';
import type { StoredPattern } from '../rows/stored-pattern.ts';
import type { Sql } from './connection.ts';
import { patternColumns } from './patterns.ts';

/** What happened to a pattern from `from` to before `to`; undefined if it is not stored. */
export async function patternActivity(
  sql: Sql,
  tenant: string,
  id: string,
  from: number,
  to: number,
): Promise<PatternActivity | undefined> {
  const [patterns, uses, feedback] = await Promise.all([
    sql<StoredPattern[]>`
      SELECT ${patternColumns(sql)} FROM known_patterns p WHERE p.tenant = ${tenant} AND p.id = ${id}`,
    sql<PatternUse[]>`
      SELECT at, session_id AS "sessionId", file_path AS "filePath", machine,
        duration_ms AS "durationMs"
      FROM events WHERE tenant = ${tenant} AND pattern_id = ${id} AND action IS NOT NULL
        AND at >= ${from} AND at < ${to}
      ORDER BY at DESC LIMIT ${MAX_USES + 1}`,
    sql<Feedback[]>`
      SELECT ${feedbackColumns(sql)} FROM feedback WHERE tenant = ${tenant} AND pattern_id = ${id} AND at >= ${from} AND at < ${to}
      ORDER BY at DESC LIMIT ${MAX_USES + 1}`,
  ]);
  const [pattern] = patterns;
  return pattern && activityFrom(pattern, uses, feedback);
}

/** Keeps feedback, unless its pattern has one of the same id. False if that says something else. */
export async function addFeedback(sql: Sql, tenant: string, feedback: Feedback): Promise<boolean> {
  const { id, patternId, feedbackType, isSuccess, rating, executionTimeMs, ...rest } = feedback;
  const { sessionId, comment, at, extra } = rest;
  const { count } = await sql`
    INSERT INTO feedback (tenant, id, pattern_id, feedback_type, is_success, rating,
      execution_time_ms, session_id, comment, at, extra)
    VALUES (${tenant}, ${id}, ${patternId}, ${feedbackType}, ${isSuccess}, ${rating},
      ${executionTimeMs}, ${sessionId}, ${comment}, ${at}, ${JSON.stringify(extra)}::text::jsonb)
    ON CONFLICT DO NOTHING`;
  if (count > 0) return true;
  const [kept] = await sql<Feedback[]>`
    SELECT ${feedbackColumns(sql)} FROM feedback
    WHERE tenant = ${tenant} AND pattern_id = ${patternId} AND id = ${id}`;
  return kept !== undefined && isSameFeedback(kept, feedback);
}

/** Notes improvements as applied, unless they are already. */
export async function addImprovements(
  sql: Sql,
  tenant: string,
  improvements: readonly AppliedImprovement[],
): Promise<void> {
  await sql`
    INSERT INTO applied_improvements (tenant, pattern_id, improvement_id, is_forced, at)
    SELECT ${tenant}::text, i."patternId", i."improvementId", i."isForced", i.at
    FROM json_to_recordset(${JSON.stringify(improvements)}::text::json) AS i (
      "patternId" text, "improvementId" text, "isForced" boolean, at bigint)
    ORDER BY 2, 3
    ON CONFLICT DO NOTHING`;
}

/** The improvements applied to a pattern, oldest first. */
export async function improvementsOf(
  sql: Sql,
  tenant: string,
  patternId: string,
): Promise<AppliedImprovement[]> {
  return await sql<AppliedImprovement[]>`
    SELECT improvement_id AS "improvementId", pattern_id AS "patternId", is_forced AS "isForced", at
    FROM applied_improvements WHERE tenant = ${tenant} AND pattern_id = ${patternId}
    ORDER BY at, improvement_id LIMIT ${MAX_IMPROVEMENTS}`;
}

// --- internal ---

function feedbackColumns(sql: Sql) {
  return sql`id, pattern_id AS "patternId", feedback_type AS "feedbackType", is_success AS "isSuccess", rating,
    execution_time_ms AS "executionTimeMs", session_id AS "sessionId", comment, at, extra`;
}
