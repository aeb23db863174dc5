import type { Database } from '../database/database.ts';

export interface Project {
  readonly id: number;
  readonly root: string;
  readonly name: string;
}

/** Every project, the one added last first. */
export function allProjects(database: Database): Project[] {
  return database
    .prepare<[], Project>('SELECT id, root, name FROM projects ORDER BY id DESC')
    .all();
}
