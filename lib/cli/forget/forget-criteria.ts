import { processElapsed } from '../../base/deadline.ts';
import { readFileSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { errorCode } from '../../base/errors.ts';
import { triedProjects } from '../../health/attempts/attempts.ts';
import { FileNames } from '../../ingest/file-names.ts';
import type { Database } from '../../store/database/database.ts';
import type { ForgetCriteria } from '../../store/maintenance/forget/criteria.ts';
import { recordedFiles } from '../../store/maintenance/forget/recorded-files.ts';
import { patternsByPrefix } from '../../store/queries/patterns.ts';
import { allProjects } from '../../store/queries/projects.ts';
import { chooseFiles } from '../arguments/file-choice.ts';
import { candidateOf, MAX_CANDIDATES } from '../arguments/id-prefix.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { findSession } from '../arguments/session-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import type { CliEnvironment } from '../environment.ts';

/** The arguments of `forget` that choose. */
export interface ForgetArguments {
  readonly session?: string | undefined;
  readonly project?: string | undefined;
  readonly file?: string | undefined;
  readonly pattern?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly match?: string | undefined;
}

/** Checks the arguments that need no database. @throws UsageError */
export function checkChoice(args: ForgetArguments): void {
  const { session, project, file, pattern, since, until, match } = args;
  const given = Object.entries({ session, project, file, pattern, since, until, match }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 0) {
    throw new UsageError(
      'nothing is named',
      'Give --session, --project, --file, --pattern, --since, --until or --match; together they narrow the choice.',
    );
  }
  const empty = given.find(([, value]) => value === '');
  if (empty)
    throw new UsageError(`--${empty[0]} is empty`, 'An empty value would choose everything.');
}

/** The text of `--match`; `-` reads it from standard input, so that it is in no list of processes. */
export function matchText(text: string | undefined): string | undefined {
  if (text !== '-') return text;
  const read = readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  if (read === '')
    throw new UsageError('standard input is empty', '--match - reads the text from it.');
  return read;
}

/**
 * The criteria that the arguments name, with whole ids and paths.
 *
 * @throws UsageError, TrackerError E_NO_PROJECT, E_AMBIGUOUS_…
 */
export async function forgetCriteria(
  database: Database,
  args: ForgetArguments,
  cli: CliEnvironment,
): Promise<ForgetCriteria> {
  const { session, pattern, file, match } = args;
  const at = cli.now();
  const { since, until } = await timeRangeOf(args, at);
  return {
    at,
    session:
      session &&
      (findSession(database, session, cli, { inOutbox: true, withTests: true }) ?? session),
    projects: args.project === undefined ? undefined : projectsOf(database, args.project, cli),
    files: file === undefined ? undefined : await filesOf(database, file, cli),
    pattern: pattern && patternOf(database, pattern.toLowerCase()),
    since,
    until,
    match,
  };
}

// --- internal ---

/** The roots of recorded projects, and folders of which only attempts were counted. */
function projectsOf(database: Database, text: string, cli: CliEnvironment): string[] {
  const path = resolve(cli.cwd, text);
  const tried = triedProjects(cli.paths.tried).filter(
    (one) => one === path || basename(one) === text,
  );
  try {
    const ids = chooseProjects(database, text, cli) ?? [];
    const roots = allProjects(database).flatMap(({ id, root }) => (ids.includes(id) ? [root] : []));
    return [...new Set([...roots, ...tried])];
  } catch (error) {
    if (tried.length > 0 && errorCode(error) === 'E_NO_PROJECT') return tried;
    throw error;
  }
}

/** All names by which the chosen files were called. */
async function filesOf(database: Database, text: string, cli: CliEnvironment): Promise<string[]> {
  const names = new FileNames(processElapsed, (name) => name);
  const called = new Map<string, Set<string>>();
  for (const { path, cwd } of recordedFiles(database)) {
    const name = names.find(path, cwd ?? undefined);
    const spelled = isAbsolute(path) || cwd !== null ? resolve(cwd ?? '/', path) : path;
    called.set(name, (called.get(name) ?? new Set([name])).add(spelled));
  }
  const all = [...called.values()].flatMap((spellings) => [...spellings]);
  const chosen = new Set(await chooseFiles([...new Set(all)], text, cli));
  const files = [...called.values()].flatMap((spellings) =>
    [...spellings].some((one) => chosen.has(one)) ? [...spellings] : [],
  );
  // A file that no call wrote may still be named in a prompt or a command.
  return files.length > 0 ? [...new Set(files)] : [resolve(cli.cwd, text)];
}

function patternOf(database: Database, prefix: string): string {
  const candidates = patternsByPrefix(database, prefix, MAX_CANDIDATES + 1);
  return (
    candidateOf('pattern', prefix, candidates, ({ name, language }) => [language, name])?.id ??
    prefix
  );
}
