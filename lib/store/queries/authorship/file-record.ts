import type { Database } from '../../database/database.ts';

/** What is recorded of a file beside its lines. Times are milliseconds since 1970 UTC. */
export interface FileRecord {
  /** The project that its state is kept under: a row in `projects`, null outside every project; undefined without a state. */
  readonly projectId: number | null | undefined;
  /** When a command was last seen to change it without telling what it holds then; undefined for never. */
  readonly unseenAt: number | undefined;
  /** Claude's last write to it; undefined if none is recorded. */
  readonly lastWrite: LastWrite | undefined;
}

/** When, and in which session, a file was written last. */
export interface LastWrite {
  readonly at: number;
  readonly sessionId: string;
}

/** What is recorded of a file, by its one name. */
export function fileRecord(database: Database, path: string): FileRecord {
  const state = database
    .prepare<[string], { projectId: number | null }>(
      'SELECT project_id AS projectId FROM file_states WHERE file_path = ?',
    )
    .get(path);
  const unseenAt = database
    .prepare<[string], number | null>(
      "SELECT max(at) FROM file_changes WHERE file_path = ? AND change = 'changed'",
    )
    .pluck()
    .get(path);
  const lastWrite = database
    .prepare<[string], LastWrite>(
      `SELECT at, session_id AS sessionId FROM occurrences WHERE file_path = ?
       ORDER BY at DESC LIMIT 1`,
    )
    .get(path);
  return { projectId: state?.projectId, unseenAt: unseenAt ?? undefined, lastWrite };
}
