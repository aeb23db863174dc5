import type { Database } from '../database/database.ts';

/** A folder that Claude Code worked in. */
export interface Project {
  readonly id: number;
  /** The git root of the main work tree; outside git, the folder itself. */
  readonly root: string;
  readonly name: string;
}

/** Every project, the last added first. */
export function allProjects(database: Database): Project[] {
  return database
    .prepare<[], Project>('SELECT id, root, name FROM projects ORDER BY id DESC')
    .all();
}
