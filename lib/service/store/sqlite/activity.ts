import { isJsonObject } from '../../../base/json.ts';
import type { Database } from '../../../store/database/database.ts';
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
import { EVENT_ID, NEWEST_OCCURRENCE, PATTERN_COLUMNS, readPattern } from './patterns.ts';
import type { PatternRow } from './patterns.ts';

/** What happened to a pattern from `from` to before `to`; undefined if it is not stored. */
export function patternActivity(
  database: Database,
  id: string,
  from: number,
  to: number,
): PatternActivity | undefined {
  const row = database
    .prepare<[string], PatternRow>(
      `SELECT ${PATTERN_COLUMNS} FROM patterns p ${NEWEST_OCCURRENCE} WHERE p.id = ?`,
    )
    .get(id);
  if (!row) return undefined;
  const span: [string, number, number, number] = [id, from, to, MAX_USES + 1];
  const uses = database
    .prepare<[string, number, number, number], PatternUse>(
      `SELECT o.at, nullif(o.session_id, '') AS sessionId, nullif(o.file_path, '') AS filePath,
         json_extract(e.extra, '$.machine') AS machine,
         coalesce(call.duration_ms, e.duration_ms) AS durationMs
       FROM occurrences o
       LEFT JOIN lineage_events e ON e.event_id = ${EVENT_ID}
       LEFT JOIN tool_calls call
         ON call.session_id = o.session_id AND call.tool_use_id = o.tool_use_id
       WHERE o.pattern_id = ? AND o.at >= ? AND o.at < ? ORDER BY o.at DESC LIMIT ?`,
    )
    .all(...span);
  const feedback: Feedback[] = database
    .prepare<[string, number, number, number], FeedbackRow>(
      `SELECT ${FEEDBACK_COLUMNS} FROM feedback
       WHERE pattern_id = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?`,
    )
    .all(...span)
    .map(readFeedback);
  return activityFrom(readPattern(row), uses, feedback);
}

/** Keeps feedback, unless its pattern has one of the same id. False if that says something else. */
export function addFeedback(database: Database, feedback: Feedback): boolean {
  const { id, patternId, feedbackType, isSuccess, rating, executionTimeMs, ...rest } = feedback;
  const { sessionId, comment, at, extra } = rest;
  const { changes } = database
    .prepare(
      `INSERT INTO feedback (id, pattern_id, feedback_type, is_success, rating, execution_time_ms,
         session_id, comment, at, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    )
    .run(
      id,
      patternId,
      feedbackType,
      isSuccess === null ? null : Number(isSuccess),
      rating,
      executionTimeMs,
      sessionId,
      comment,
      at,
      JSON.stringify(extra),
    );
  if (changes > 0) return true;
  const kept = database
    .prepare<[string, string], FeedbackRow>(
      `SELECT ${FEEDBACK_COLUMNS} FROM feedback WHERE pattern_id = ? AND id = ?`,
    )
    .get(patternId, id);
  return kept !== undefined && isSameFeedback(readFeedback(kept), feedback);
}

/** Notes improvements as applied, unless they are already. */
export function addImprovements(
  database: Database,
  improvements: readonly AppliedImprovement[],
): void {
  const add = database.prepare(
    `INSERT INTO applied_improvements (pattern_id, improvement_id, is_forced, at)
     VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  for (const { patternId, improvementId, isForced, at } of improvements) {
    add.run(patternId, improvementId, Number(isForced), at);
  }
}

/** The improvements applied to a pattern, oldest first. */
export function improvementsOf(database: Database, patternId: string): AppliedImprovement[] {
  return database
    .prepare<[string], Omit<AppliedImprovement, 'isForced'> & { readonly isForced: number }>(
      `SELECT improvement_id AS improvementId, pattern_id AS patternId, is_forced AS isForced, at
       FROM applied_improvements WHERE pattern_id = ? ORDER BY at, improvement_id LIMIT ${MAX_IMPROVEMENTS}`,
    )
    .all(patternId)
    .map((row) => ({ ...row, isForced: row.isForced === 1 }));
}

// --- internal ---

const FEEDBACK_COLUMNS = `id, pattern_id AS patternId, feedback_type AS feedbackType,
  is_success AS isSuccess, rating, execution_time_ms AS executionTimeMs, session_id AS sessionId,
  comment, at, extra`;

interface FeedbackRow extends Omit<Feedback, 'isSuccess' | 'extra'> {
  readonly isSuccess: number | null;
  /** JSON. */
  readonly extra: string;
}

function readFeedback(row: FeedbackRow): Feedback {
  const extra: unknown = JSON.parse(row.extra);
  return {
    ...row,
    isSuccess: row.isSuccess === null ? null : row.isSuccess === 1,
    extra: isJsonObject(extra) ? extra : {},
  };
}
