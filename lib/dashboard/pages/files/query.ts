import { folderTree, projectTrees } from '../../../store/queries/history/file-tree.ts';
import type { FolderTree, ProjectTree } from '../../../store/queries/history/file-tree.ts';
import { allProjects } from '../../../store/queries/projects.ts';
import type { PageQuery } from '../page.ts';

/** The projects with their files, or one folder of them. */
export interface FilesData {
  /** Null while neither a project nor a folder is chosen, and there are several projects. */
  readonly tree: FolderTree | null;
  /** The root of the project that the folder is in, or the deepest folder that holds all its files. */
  readonly top: string;
  readonly projects: readonly ProjectTree[];
}

export const filesQuery: PageQuery<FilesData> = {
  load: ({ query, projectIds }, sources) => {
    const folder = query.get('in') ?? undefined;
    const data = sources.read((database): FilesData => {
      const projects = projectTrees(database, projectIds);
      const [only, ...others] = projects;
      const isList = folder === undefined && (others.length > 0 || only === undefined);
      if (isList) return { tree: null, top: '', projects };
      const ids = projectIds ?? (folder === undefined ? idsOf(projects) : undefined);
      const tree = folderTree(database, folder, ids);
      const roots = allProjects(database)
        .map(({ root }) => root)
        .filter((root) => tree.folder === root || tree.folder.startsWith(`${root}/`))
        .toSorted((one, other) => other.length - one.length);
      return { tree, top: roots[0] ?? folderTree(database, undefined, ids).folder, projects };
    });
    return data ?? { tree: null, top: '', projects: [] };
  },
  rows: ({ tree, projects }) => (tree?.entries ?? projects).map((row) => ({ ...row })),
};

// --- internal ---

/** Those of the only project; what lies outside every project has none, and all are asked for. */
function idsOf(projects: readonly ProjectTree[]): number[] | undefined {
  const ids = projects.flatMap(({ projectId }) => projectId ?? []);
  return ids.length === projects.length ? ids : undefined;
}
