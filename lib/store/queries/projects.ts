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

/** The names of some projects, each once. */
export function projectNames(database: Database, ids: readonly number[]): string[] {
  const named = allProjects(database).filter(({ id }) => ids.includes(id));
  return [...new Set(named.map(({ name }) => name))];
}

/** The root of the only project that a list can show; null if it can show several, or all. */
export function onlyRoot(database: Database, ids: readonly number[] | undefined): string | null {
  const [root = null, other] = ids === undefined ? [] : projectRoots(database, ids);
  return other === undefined ? root : null;
}

/** The roots of the projects that a list can show: those of `ids`, or all. */
export function projectRoots(database: Database, ids?: readonly number[]): string[] {
  return allProjects(database)
    .filter(({ id }) => ids === undefined || ids.includes(id))
    .map(({ root }) => root);
}
