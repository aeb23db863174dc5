import type { Database } from '../../../../store/database/database.ts';
import { noteUnwiped } from '../../../../store/database/meta.ts';
import { addRemoved, NOTHING_REMOVED, STEP_PATTERNS, STEP_ROWS } from '../../rows/forgetting.ts';
import type { ForgetPlace, ForgetStep, RemovedRows, Selection } from '../../rows/forgetting.ts';
import { PatternStep } from './pattern-step.ts';
import { candidatesSql, IS_SESSION_EMPTY, selectionSql } from './selection-sql.ts';

/** Deletes some of the rows that `selection` names. Call it in a transaction that has the write lock. */
export function forgetStep(
  database: Database,
  selection: Selection,
  place: ForgetPlace,
  now: number,
): ForgetStep {
  if (place.step === 'others') return forgetOthers(database, selection);
  const page = candidatePage(database, selection, place);
  const last = page.at(-1);
  if (!last) return { removed: NOTHING_REMOVED, next: { step: 'others' } };
  const ids = page.map(({ id }) => id);
  const step = new PatternStep(database, selection, now);
  const isDone = step.removeEvents(ids);
  step.removePatterns(ids);
  step.removeCalls();
  noteRemoved(database, step.removed);
  const next: ForgetPlace = isDone ? { step: 'patterns', ...last } : place;
  return { removed: step.removed, next };
}

/** The next patterns that may have rows of a selection. */
export function candidatePage(
  database: Database,
  selection: Selection,
  place: Extract<ForgetPlace, { step: 'patterns' }>,
): { readonly id: string; readonly seenAt: number }[] {
  return database.prepare<[object], { id: string; seenAt: number }>(candidatesSql(selection)).all({
    ...selection,
    id: place.id ?? null,
    seenAt: place.seenAt ?? null,
    patterns: STEP_PATTERNS,
  });
}

// --- internal ---

/** Deletes rows that are chosen by themselves, and not with their pattern. */
function forgetOthers(database: Database, selection: Selection): ForgetStep {
  const { feedback, improvement, call, session } = selectionSql(selection);
  const remove = (table: string, key: string, condition: string) =>
    database
      .prepare<[object]>(
        `DELETE FROM ${table} WHERE (${key}) IN (
           SELECT ${key} FROM ${table} AS s WHERE ${condition} LIMIT @rows)`,
      )
      .run({ ...selection, rows: STEP_ROWS }).changes;
  const removed = addRemoved(NOTHING_REMOVED, {
    feedback: remove('feedback', 'pattern_id, id', feedback),
    improvements: remove('applied_improvements', 'pattern_id, improvement_id', improvement),
    executions: remove('tool_calls', 'session_id, tool_use_id', call),
    sessions: remove('sessions', 'id', `${session} AND ${IS_SESSION_EMPTY}`),
  });
  noteRemoved(database, removed);
  const isMore = Object.values(removed).some((count) => count === STEP_ROWS);
  return { removed, next: isMore ? { step: 'others' } : undefined };
}

function noteRemoved(database: Database, removed: RemovedRows): void {
  if (Object.values(removed).some((count) => count > 0)) noteUnwiped(database);
}
