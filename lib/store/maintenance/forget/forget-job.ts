import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import type { ForgetCriteria } from './criteria.ts';

/**
 * Something that a user wants forgotten, and how far that is: `rows` of the database come first and go in one
 * transaction, then `files` beside it, then what the deleted rows have left in `pages` and in the WAL.
 */
export interface ForgetJob {
  readonly id: number;
  readonly phase: 'rows' | 'files' | 'pages';
  readonly order: ForgetOrder;
  /** Texts of the removed rows, by which files are searched for them; empty in other phases than `files`. */
  readonly traces: readonly string[];
}

/** What the user asked for. */
export interface ForgetOrder {
  readonly criteria: ForgetCriteria;
  /** Whether backups are rewritten, too. */
  readonly rewritesBackups: boolean;
}

/** The jobs that are not finished, oldest first. */
export function forgetJobs(database: Database): ForgetJob[] {
  return database
    .prepare<[], { id: number; criteria: string; traces: string; phase: ForgetJob['phase'] }>(
      'SELECT id, criteria, traces, phase FROM forget_jobs ORDER BY id',
    )
    .all()
    .map(({ id, criteria, traces, phase }) => ({
      id,
      phase,
      order: JSON.parse(criteria) as ForgetOrder,
      traces: JSON.parse(traces) as string[],
    }));
}

/** Writes down what is to be forgotten, so that it happens even if this process is killed. */
export function addForgetJob(database: Database, order: ForgetOrder): ForgetJob {
  const { lastInsertRowid } = database
    .prepare<[string]>("INSERT INTO forget_jobs (criteria, traces, phase) VALUES (?, '[]', 'rows')")
    .run(JSON.stringify(order));
  return { id: Number(lastInsertRowid), phase: 'rows', order, traces: [] };
}

/** Notes that the rows are gone: call it in the transaction that removes them. */
export function noteRowsGone(
  database: Database,
  job: ForgetJob,
  traces: readonly string[],
): ForgetJob {
  database
    .prepare<[string, number]>("UPDATE forget_jobs SET phase = 'files', traces = ? WHERE id = ?")
    .run(JSON.stringify(traces), job.id);
  return { ...job, phase: 'files', traces };
}

/** Notes that the files are done; what was asked for is no longer needed, and may itself be a secret. */
export function noteFilesDone(database: Database, job: ForgetJob): ForgetJob {
  noteUnwiped(database);
  const order: ForgetOrder = { criteria: { at: job.order.criteria.at }, rewritesBackups: false };
  database
    .prepare<[string, number]>(
      "UPDATE forget_jobs SET phase = 'pages', criteria = ?, traces = '[]' WHERE id = ?",
    )
    .run(JSON.stringify(order), job.id);
  return { ...job, phase: 'pages', order, traces: [] };
}

/** Ends a job. */
export function removeForgetJob(database: Database, { id }: ForgetJob): void {
  database.prepare<[number]>('DELETE FROM forget_jobs WHERE id = ?').run(id);
}
