import type { Database } from '../../database/database.ts';

/** Where a session worked. */
export interface SessionPlace {
  /** The root of its project, else its first folder; null where neither is known. */
  readonly root: string | null;
}

/** Where a session worked. */
export function sessionPlace(database: Database, sessionId: string): SessionPlace {
  const root = database
    .prepare<[string], string | null>(
      `SELECT coalesce(project.root, s.cwd) FROM sessions s LEFT JOIN projects project ON project.id = s.project_id
       WHERE s.id = ?`,
    )
    .pluck()
    .get(sessionId);
  return { root: root ?? null };
}
