import type {
  FolderTree,
  ProjectTree,
  FolderEntry,
} from '../../../store/queries/history/file-tree.ts';
import { counted } from '../../../base/amount-text.ts';
import { shortPath } from '../../parts/link.ts';
import { endOf } from '../../parts/recorded/place.tsx';
import { shortText } from '../../parts/plain.tsx';
import { fileLink, folderLink } from '../../parts/recorded/links.ts';
import { ShareBar, shareOf } from '../../parts/recorded/share-bar.tsx';
import { Empty } from '../../parts/states.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import type { FilesData } from './query.ts';

/** Who wrote this? */
export const filesView: PageView<FilesData> = {
  View,
  titleOf: ({ tree }) => (tree ? shortText(tree.folder.split('/').at(-1) ?? '', 60) : 'Files'),
};

// --- internal ---

function View({ data: { tree, top, projects }, url }: ViewProps<FilesData>) {
  if (projects.length === 0 && (tree === null || tree.entries.length === 0)) {
    return (
      <Empty
        title="No file is followed yet"
        why="Here stand the files that Claude wrote to, with its share of their lines, as soon as it has written something. What it did before hooks were installed comes from transcripts:"
        command="pattern-tracker import"
      />
    );
  }
  if (tree === null) {
    return (
      <Table
        caption="Projects"
        columns={PROJECT_COLUMNS}
        rows={projects}
        rowKey={({ projectId }) => `${projectId ?? ''}`}
        url={url}
      />
    );
  }
  const project = url.searchParams.get('project');
  // In another order, folders would not stand with what is in them.
  const isSorted = tree.isUnfolded && url.searchParams.has('sort');
  return (
    <>
      <Trail tree={tree} top={top} project={project} hasList={projects.length > 1 || !!project} />
      <p class="tree-sum">
        <ShareBar parts={[{ is: 'claude', lines: tree.claudeLines }]} of={tree.lines} />
        <span>
          <strong class="num">{shareOf(tree.claudeLines, tree.lines)}</strong> of{' '}
          <span class="num">{counted(tree.lines, 'line')}</span> in{' '}
          <span class="num">{counted(tree.files, 'file')}</span> are Claude’s
        </span>
      </p>
      {tree.entries.length === 0 ? (
        <Empty
          title="Nothing is followed in this folder"
          why={<a href="/files">All that is followed</a>}
        />
      ) : (
        <Table
          caption="Files"
          columns={entryColumns(project, isSorted ? tree.folder : null, tree.isUnfolded)}
          rows={isSorted ? tree.entries.filter(({ isFolder }) => !isFolder) : tree.entries}
          rowKey={({ path }) => path}
          url={url}
        />
      )}
      {tree.isCut && <p class="more dim">The folder holds more than these.</p>}
    </>
  );
}

/** The folders above, as links. */
function Trail({
  tree: { folder },
  top,
  project,
  hasList,
}: {
  readonly tree: FolderTree;
  readonly top: string;
  readonly project: string | null;
  readonly hasList: boolean;
}) {
  const isBelow = folder === top || folder.startsWith(`${top}/`);
  const base = isBelow ? top : folder;
  const names = folder.slice(base.length).split('/').filter(Boolean);
  const shownTop = base.split('/').at(-1) || '/';
  return (
    <nav class="trail" aria-label="Folders">
      <ol>
        {hasList && (
          <li>
            <a href="/files">Files</a>
          </li>
        )}
        {[shownTop, ...names].map((name, depth) => {
          const path = [base, ...names.slice(0, depth)].join('/');
          const text = <bdi dir="ltr">{shortText(name, 60)}</bdi>;
          return (
            <li key={path}>
              {path === folder ? (
                <span aria-current="page">{text}</span>
              ) : (
                <a href={folderLink(path, project)}>{text}</a>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

type Counts = Pick<FolderEntry, 'lines' | 'claudeLines' | 'touchedAt' | 'files'>;

const COUNT_COLUMNS: readonly Column<Counts>[] = [
  {
    name: 'share',
    title: 'Claude’s',
    align: 'right',
    cell: ({ lines, claudeLines }) => (
      <span class="share-cell">
        {shareOf(claudeLines, lines)}
        <ShareBar parts={[{ is: 'claude', lines: claudeLines }]} of={lines} isSmall />
      </span>
    ),
    order: ({ lines, claudeLines }) => (lines === 0 ? null : claudeLines / lines),
  },
  {
    name: 'lines',
    title: 'Lines',
    align: 'right',
    cell: ({ lines }) => lines.toLocaleString('en-US'),
    order: ({ lines }) => lines,
    from: 560,
  },
  {
    name: 'files',
    title: 'Files',
    align: 'right',
    cell: ({ files }) => files.toLocaleString('en-US'),
    order: ({ files }) => files,
    from: 900,
  },
  {
    name: 'touched',
    title: 'Touched',
    align: 'right',
    cell: ({ touchedAt }) => <Ago at={touchedAt} />,
    order: ({ touchedAt }) => touchedAt,
  },
];

const PROJECT_COLUMNS: readonly Column<ProjectTree>[] = [
  {
    name: 'project',
    title: 'Project',
    isWide: true,
    cell: ({ projectName, projectRoot }) =>
      projectName === null ? (
        <span class="dim">outside every project</span>
      ) : (
        <>
          <a href={`/files?${new URLSearchParams({ project: projectRoot ?? '' }).toString()}`}>
            <bdi dir="ltr">{shortText(projectName, 100)}</bdi>
          </a>
          <span class="cell-note">
            <bdi dir="ltr">{endOf(projectRoot ?? '', 60)}</bdi>
          </span>
        </>
      ),
    order: ({ projectName }) => projectName,
  },
  ...COUNT_COLUMNS,
];

/** @param base the folder that names begin at; null for the folder that each is in */
function entryColumns(
  project: string | null,
  base: string | null,
  isUnfolded: boolean,
): readonly Column<FolderEntry>[] {
  return [
    {
      name: 'name',
      title: 'Name',
      isWide: true,
      cell: ({ name, path, isFolder, depth }) => (
        <a
          class={`tree-name${isFolder ? ' is-folder' : ''} level-${base === null ? Math.min(depth, 8) : 0}`}
          href={isFolder ? folderLink(path, project) : fileLink(path)}
        >
          <span class="tree-sign" aria-hidden="true">
            {isFolder ? (isUnfolded ? '▾' : '▸') : ''}
          </span>
          <bdi dir="ltr">
            {shortText(shortPath(base === null ? name : path, base), 200)}
            {isFolder ? '/' : ''}
          </bdi>
        </a>
      ),
      order: ({ path }) => path,
    },
    ...COUNT_COLUMNS,
  ];
}
