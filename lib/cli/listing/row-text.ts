import { basename } from 'node:path';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';
import type { CliEnvironment } from '../environment.ts';
import type { Column, Paint } from './table.ts';

/** What a list knows of the project of a row. */
interface ProjectRow {
  readonly projectRoot: string | null;
}

/** A session id as tables show it: its first 8 characters, and before them the prefix of `capture-test`. */
export function shortSession(id: string): string {
  const start = id.startsWith(TEST_SESSION_PREFIX) ? TEST_SESSION_PREFIX.length : 0;
  return id.slice(0, start + SHORT_ID);
}

/** `a.ts`, `a.ts:7`, `a.ts:7-12`; the whole path with `withFolders`. */
export function fileAndLines(
  filePath: string,
  startLine: number | null,
  endLine: number | null,
  { withFolders = false }: { readonly withFolders?: boolean } = {},
): string {
  const file = withFolders ? filePath : basename(filePath);
  if (startLine === null) return file;
  return endLine === null || endLine === startLine
    ? `${file}:${startLine}`
    : `${file}:${startLine}-${endLine}`;
}

/** `path` without the project's root in front of it. */
export function withinProject(path: string, root: string | null): string {
  return root !== null && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** `path` as lists show it: below the project's root, else with `~` for the user's home folder. */
export function shownPath(path: string, root: string | null, env: CliEnvironment['env']): string {
  const home = env['HOME'];
  if (root !== null && path.startsWith(`${root}/`)) return withinProject(path, root);
  return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/**
 * Shortens each of `ids` to its first 8 characters, and to more where others of them begin with the same ones. So
 * a person reads it, and commands take it for the whole.
 */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const sorted = [...new Set(ids)].sort();
  const shortened = new Map(
    sorted.map((id, index) => {
      const shared = [sorted[index - 1], sorted[index + 1]].map((other) => sharedLength(id, other));
      return [id, id.slice(0, Math.max(SHORT_ID, ...shared.map((length) => length + 1)))];
    }),
  );
  return (id) => shortened.get(id) ?? id;
}

/**
 * The name of each row's project. Projects of the same name are told apart by the folders they lie in.
 *
 * @param roots those of all projects that the list could show, not of this page only
 */
export function projectColumn<Row extends ProjectRow>(
  roots: readonly string[],
  rank: number,
): Column<Row> {
  const names = new Map(roots.map((root) => [root, shortestName(root, roots)]));
  return {
    title: 'PROJECT',
    cell: ({ projectRoot }) => (projectRoot === null ? '' : (names.get(projectRoot) ?? '')),
    cut: 'start',
    rank,
  };
}

/** The lines that were added and removed: `+12 -3`; empty when it is not known. */
export function linesText({
  linesAdded,
  linesRemoved,
}: {
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
}): string {
  return linesAdded === null ? '' : `+${linesAdded} -${linesRemoved ?? 0}`;
}

/** The colour of a tool call's outcome. */
export function outcomePaint(outcome: string): Paint | undefined {
  switch (outcome) {
    case 'ok':
      return 'green';
    case 'failed':
      return 'red';
    case 'running':
      return 'cyan';
    default:
      return 'yellow';
  }
}

// --- internal ---

/** So many digits of an id are unique among a hundred million patterns, more often than not. */
const SHORT_ID = 8;

/** How many characters two ids share at their beginning. */
function sharedLength(id: string, other = ''): number {
  let length = 0;
  while (length < id.length && id[length] === other[length]) length += 1;
  return length;
}

/** As many of the last parts of `root` as no other root ends with. */
function shortestName(root: string, roots: readonly string[]): string {
  const parts = root.split('/');
  for (let count = 1; count < parts.length; count++) {
    const name = parts.slice(-count).join('/');
    if (!roots.some((other) => other !== root && `/${other}`.endsWith(`/${name}`))) return name;
  }
  return root;
}
