import type { Database } from '../../database/database.ts';

/** A file or a folder of which lines are known, as the last events told of them. */
export interface FolderEntry {
  /** Below the folder that it is in: of a folder that holds nothing but another one, the names of both. */
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** 0 in the folder that was asked for. */
  readonly depth: number;
  /** How many files are in it; 1 for a file. */
  readonly files: number;
  readonly lines: number;
  readonly claudeLines: number;
  /** When an event was last about it, in milliseconds since 1970 UTC. */
  readonly touchedAt: number;
}

/** What is in a folder. */
export interface FolderTree {
  /** The folder, absolute, without a slash at its end; '' for the root. */
  readonly folder: string;
  /** Folders first, each by name. Where few files are in it, each folder is followed by what is in it. */
  readonly entries: readonly FolderEntry[];
  readonly isUnfolded: boolean;
  /** All that is in it, at any depth. */
  readonly files: number;
  readonly lines: number;
  readonly claudeLines: number;
  /** True if there are more entries. */
  readonly isCut: boolean;
}

/** With more files, the folders stay folded. */
const MOST_UNFOLDED = 150;
/** More entries of one folder are not listed. */
export const MOST_ENTRIES = 2_000;

/** The files whose lines are known, of a project, with the folder that holds them all. */
export interface ProjectTree {
  /** Null for what lies outside every project. */
  readonly projectId: number | null;
  readonly projectName: string | null;
  readonly projectRoot: string | null;
  readonly files: number;
  readonly lines: number;
  readonly claudeLines: number;
  readonly touchedAt: number;
}

/** The projects that files are known of, those touched last first. */
export function projectTrees(
  database: Database,
  projectIds: readonly number[] | undefined,
): ProjectTree[] {
  return database
    .prepare<[{ projects: string | null }], ProjectTree>(
      `SELECT found.*, project.name AS projectName, project.root AS projectRoot
       FROM (SELECT project_id AS projectId, count(*) AS files, sum(all_lines) AS lines,
               sum(claude_lines) AS claudeLines, max(touched_at) AS touchedAt
             FROM file_states INDEXED BY file_states_by_path
             WHERE ${OF_PROJECTS} GROUP BY project_id) found
       LEFT JOIN projects project ON project.id = found.projectId
       ORDER BY touchedAt DESC, projectId`,
    )
    .all(ofProjects(projectIds));
}

/**
 * What is in a folder, of the files whose lines are known.
 *
 * @param folder absolute @default the deepest folder that holds all files of the projects
 */
export function folderTree(
  database: Database,
  folder: string | undefined,
  projectIds: readonly number[] | undefined,
): FolderTree {
  const asked = folder === undefined ? commonFolder(database, projectIds) : folder;
  const place = asked.replace(/\/+$/, '');
  const values = { ...ofProjects(projectIds), folder: `${place}/`, end: `${place}0` };
  const rows = database
    .prepare<[Record<string, string | null>], GroupRow>(
      // One file for each folder tells its name; where the names of all begin alike, it tells how far.
      `SELECT iif(slash = 0, rest, substr(rest, 1, slash - 1)) AS name, slash > 0 AS isFolder, count(*) AS files,
         sum(all_lines) AS lines, sum(claude_lines) AS claudeLines, max(touched_at) AS touchedAt,
         min(file_path) AS first, max(file_path) AS last
       FROM (SELECT *, instr(rest, '/') AS slash
             FROM (SELECT file_path, substr(file_path, length(@folder) + 1) AS rest, all_lines, claude_lines, touched_at
                   FROM file_states INDEXED BY file_states_by_path
                   WHERE file_path >= @folder AND file_path < @end AND ${OF_PROJECTS}))
       GROUP BY name, isFolder ORDER BY isFolder DESC, name`,
    )
    .all(values);
  const folded = rows.slice(0, MOST_ENTRIES).map((row): FolderEntry => {
    const { name, isFolder, first, last, ...counts } = row;
    const whole = isFolder === 1 ? sharedFolder(first, last) : `${place}/${name}`;
    return {
      ...counts,
      name: whole.slice(place.length + 1),
      path: whole,
      isFolder: isFolder === 1,
      depth: 0,
    };
  });
  const sum = (of: (row: GroupRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const isUnfolded = sum(({ files }) => files) <= MOST_UNFOLDED;
  const entries = isUnfolded
    ? folded.flatMap((entry) =>
        entry.isFolder ? [entry, ...within(database, entry.path, projectIds)] : [entry],
      )
    : folded;
  return {
    folder: place,
    entries,
    isUnfolded,
    files: sum(({ files }) => files),
    lines: sum(({ lines }) => lines),
    claudeLines: sum(({ claudeLines }) => claudeLines),
    isCut: rows.length > MOST_ENTRIES,
  };
}

// --- internal ---

function within(
  database: Database,
  folder: string,
  projectIds: readonly number[] | undefined,
): FolderEntry[] {
  const { entries } = folderTree(database, folder, projectIds);
  return entries.map((entry) => ({ ...entry, depth: entry.depth + 1 }));
}

interface GroupRow {
  readonly name: string;
  readonly isFolder: number;
  readonly files: number;
  readonly lines: number;
  readonly claudeLines: number;
  readonly touchedAt: number;
  readonly first: string;
  readonly last: string;
}

const OF_PROJECTS = '(@projects IS NULL OR project_id IN (SELECT value FROM json_each(@projects)))';

function ofProjects(projectIds: readonly number[] | undefined): { projects: string | null } {
  return { projects: projectIds ? JSON.stringify(projectIds) : null };
}

function commonFolder(database: Database, projectIds: readonly number[] | undefined): string {
  const row = database
    .prepare<[{ projects: string | null }], { first: string | null; last: string | null }>(
      `SELECT min(file_path) AS first, max(file_path) AS last
       FROM file_states INDEXED BY file_states_by_path WHERE ${OF_PROJECTS}`,
    )
    .get(ofProjects(projectIds));
  return sharedFolder(row?.first ?? '', row?.last ?? '');
}

/** The deepest folder that holds both of two files, and so all that are between them in the order of names. */
function sharedFolder(first: string, last: string): string {
  const [one, other] = [first.split('/').slice(0, -1), last.split('/').slice(0, -1)];
  const differs = one.findIndex((name, depth) => name !== other[depth]);
  return (differs === -1 ? one.slice(0, other.length) : one.slice(0, differs)).join('/');
}
