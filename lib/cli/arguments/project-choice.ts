import { processElapsed } from '../../base/deadline.ts';
import { realpathSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import type { Database } from '../../store/database/database.ts';
import { allProjects } from '../../store/queries/projects.ts';
import type { Project } from '../../store/queries/projects.ts';
import { ProjectFinder } from '../../ingest/project.ts';
import type { CliEnvironment } from '../environment.ts';
import { nearest } from '../../base/nearest.ts';

/**
 * The ids of the projects that `--project` names; undefined when it is not given. `.` or a path means the
 * git root that it lies in, any other text is the name of a project.
 *
 * @throws TrackerError E_NO_PROJECT when none matches
 */
export function chooseProjects(
  database: Database,
  text: string | undefined,
  cli: Pick<CliEnvironment, 'cwd' | 'env' | 'now'>,
): number[] | undefined {
  if (text === undefined) return undefined;
  const projects = allProjects(database);
  const found = isPath(text) ? byPath(projects, text, cli) : byName(projects, text);
  if (found.length > 0) return found.map(({ id }) => id);
  const near = nearest(text, [...new Set(projects.map(({ name }) => name))]);
  const where = isPath(text) ? resolve(cli.cwd, text) : `a project "${text}"`;
  throw new TrackerError('E_NO_PROJECT', `nothing was recorded in ${where}`, {
    hint: near
      ? `Did you mean --project ${near}?`
      : projects.length > 0
        ? `Projects: ${names(projects)}.`
        : 'Nothing was recorded in any project yet.',
  });
}

// --- internal ---

function isPath(text: string): boolean {
  return text === '~' || /^\.|^~\/|[/\\]/.test(text) || isAbsolute(text);
}

function byPath(
  projects: Project[],
  text: string,
  cli: Pick<CliEnvironment, 'cwd' | 'env' | 'now'>,
) {
  const home = cli.env['HOME'] ?? cli.env['USERPROFILE'] ?? '~';
  const path = resolve(
    cli.cwd,
    text.replace(/^~(?=$|[/\\])/, () => home),
  );
  const finder = new ProjectFinder(processElapsed, (found) => found); // it is compared, and not stored
  const places = new Set([path, real(path)].flatMap((at) => [at, finder.find(at)?.root]));
  const exact = projects.filter(({ root }) => places.has(root));
  if (exact.length > 0) return exact;
  const around = projects.filter(({ root }) => path.startsWith(root + sep)); // no longer a repository
  if (around.length > 0) return around.sort((a, b) => b.root.length - a.root.length).slice(0, 1);
  return projects.filter(({ root }) => root.endsWith(sep + text)); // the last parts of a path
}

function byName(projects: Project[], text: string): Project[] {
  const exact = projects.filter(({ name }) => name === text);
  if (exact.length > 0) return exact;
  return projects.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
}

function names(projects: Project[]): string {
  const all = [...new Set(projects.map(({ name }) => name))];
  return all.length > 8 ? `${all.slice(0, 8).join(', ')}, …` : all.join(', ');
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
