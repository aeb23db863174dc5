import type { Database } from '../../database/database.ts';

/** The folders that a session worked in, as far as they are known: the root of its project, and where it began. */
export function sessionPlaces(database: Database, sessionId: string): string[] {
  const place = database
    .prepare<[string], { root: string | null; cwd: string | null }>(
      `SELECT project.root, s.cwd FROM sessions s LEFT JOIN projects project ON project.id = s.project_id
       WHERE s.id = ?`,
    )
    .get(sessionId);
  return [place?.root, place?.cwd].filter((folder) => typeof folder === 'string');
}
