import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { processElapsed } from '../../../base/deadline.ts';
import { TrackerError } from '../../../base/errors.ts';
import { fileBlame } from '../../../blame/file-blame.ts';
import { blamedVersion, keptVersions } from '../../../blame/kept-versions.ts';
import type { KeptVersion } from '../../../blame/kept-versions.ts';
import { survivedPieces } from '../../../blame/survival/survived.ts';
import type { Survival } from '../../../blame/survival/survival-groups.ts';
import { FileNames } from '../../../ingest/file-names.ts';
import { languageOf } from '../../../pattern/language.ts';
import type { Database } from '../../../store/database/database.ts';
import { fileRecord } from '../../../store/queries/authorship/file-record.ts';
import type { LastWrite } from '../../../store/queries/authorship/file-record.ts';
import { fileLog } from '../../../store/queries/history/file-log.ts';
import { allProjects } from '../../../store/queries/projects.ts';
import type { Project } from '../../../store/queries/projects.ts';
import type { Sources } from '../../server/sources.ts';
import type { Ask, PageQuery } from '../page.ts';
import { logCursorOf, loggedChange } from './logged-change.ts';
import type { LoggedChange } from './logged-change.ts';
import { countsOf, shownText } from './shown-text.ts';
import type { LineCounts, ShownText } from './shown-text.ts';

/** A version that one can go back to. */
export interface VersionNote {
  /** When it came to be. */
  readonly at: number;
  /** Undefined for a text that was found so. */
  readonly toolName: string | undefined;
  readonly sessionId: string | undefined;
  readonly prompt: string | undefined;
}

/** A file with who wrote its lines. */
export interface FileData {
  readonly path: string;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
  readonly language: string;
  /** As `pattern-tracker blame` has it; `gone` and `unread` for a file that is not, or cannot be read: the last text that is kept is shown. */
  readonly state: 'equal' | 'differs' | 'unknown' | 'gone' | 'unread';
  /** Why it cannot be read. */
  readonly reason: string | null;
  readonly renamedFrom: string | null;
  /** A recorded file that it is like, and that is still there. */
  readonly like: string | null;
  readonly lastWrite: LastWrite | null;
  readonly versions: readonly VersionNote[];
  /** The version that is shown; null for the file on disk. */
  readonly shownVersion: number | null;
  readonly counts: LineCounts;
  /** Null while another part is shown. */
  readonly text: ShownText | null;
  readonly history: { readonly entries: readonly LoggedChange[]; readonly isCut: boolean } | null;
  readonly survival: Survival | null;
}

export const fileQuery: PageQuery<FileData> = {
  find: (ask, sources) => void knownIn(ask, sources),
  load: async (ask, sources) => {
    const { query } = ask;
    const { path, known } = knownIn(ask, sources);
    const disk = await onDisk(path, sources);
    const rest = sources.read((database) => {
      const versions = keptVersions(database, disk.renamedFrom ?? path);
      const asked = query.get('after');
      const at =
        asked === null ? -1 : versions.findLastIndex(({ version }) => version.at <= Number(asked));
      const isPast = at !== -1 || disk.lines === undefined;
      const shown = isPast ? (at === -1 ? versions.length - 1 : at) : null;
      const version = shown === null ? undefined : versions[shown]?.version;
      const lines = version ? blamedVersion(database, version) : (disk.lines ?? []);
      const show = query.get('show');
      const isText = show !== 'history' && show !== 'survival';
      return {
        versions: versions.map(noteOf),
        shownVersion: shown,
        counts: countsOf(lines),
        text: isText ? shownText(lines, Number(query.get('line') ?? 1) || 1) : null,
        history: show === 'history' ? historyOf(database, path, query.get('before')) : null,
      };
    });
    if (!rest) throw noFile(path);
    const isSurvival = query.get('show') === 'survival';
    const { project } = known;
    return {
      path,
      projectRoot: project?.root ?? null,
      projectName: project?.name ?? null,
      language: languageOf(path),
      state: disk.state,
      reason: disk.reason ?? null,
      renamedFrom: disk.isLike ? null : (disk.renamedFrom ?? null),
      like: disk.isLike ? (disk.renamedFrom ?? null) : null,
      lastWrite: known.lastWrite ?? null,
      ...rest,
      survival: isSurvival ? await survivalIn(path, known.projectIds, sources) : null,
    };
  },
  rows: ({ history }) =>
    (history?.entries ?? []).map(({ hunks: _hunks, cursor: _cursor, ...entry }) => entry),
};

// --- internal ---

interface KnownFile {
  readonly project: Project | undefined;
  /** That which its lines are kept under, to look for them in all its files. */
  readonly projectIds: readonly number[] | undefined;
  readonly lastWrite: LastWrite | undefined;
}

/** The file that the URL names. @throws TrackerError E_NO_FILE */
function knownIn({ query }: Ask, sources: Sources): { path: string; known: KnownFile } {
  const home = sources.installation.env['HOME'];
  const names = new FileNames(processElapsed, (text) => text, home);
  const path = names.find(query.get('path') ?? '', undefined);
  const known = sources.read((database) => knownFile(database, path, home));
  if (!known) throw noFile(path);
  return { path, known };
}

/**
 * A file may be read if something is recorded of it, or if it lies in a project that is: but not in one at your home or
 * above, where much lies that is none of its own.
 */
function knownFile(database: Database, path: string, home = homedir()): KnownFile | undefined {
  const { projectId, lastWrite } = fileRecord(database, path);
  const inside = allProjects(database)
    .filter(({ root }) => path.startsWith(`${root}/`))
    .toSorted((one, other) => other.root.length - one.root.length);
  const project = allProjects(database).find(({ id }) => id === projectId) ?? inside[0];
  const isRecorded = projectId !== undefined || lastWrite !== undefined;
  if (!isRecorded && !inside.some(({ root }) => !`${home}/`.startsWith(`${root}/`)))
    return undefined;
  return { project, projectIds: project && [project.id], lastWrite };
}

interface OnDisk extends Pick<FileData, 'state'> {
  readonly lines: Parameters<typeof countsOf>[0] | undefined;
  readonly renamedFrom: string | undefined;
  /** True if the file that it was, or is like, is still there. */
  readonly isLike: boolean;
  readonly reason?: string;
}

async function onDisk(path: string, { installation }: Sources): Promise<OnDisk> {
  const none = { lines: undefined, renamedFrom: undefined, isLike: false };
  try {
    const found = await fileBlame(
      {
        path,
        name: basename(path),
        first: 1,
        last: Number.POSITIVE_INFINITY,
        withWholePrompts: false,
      },
      installation,
    );
    if ('record' in found) return { ...none, state: 'gone' };
    const { history, isExact, renamedFrom } = found.compared.seen;
    return {
      lines: found.lines,
      renamedFrom,
      isLike: renamedFrom !== undefined && existsSync(renamedFrom),
      state: history === undefined ? 'unknown' : isExact ? 'equal' : 'differs',
    };
  } catch (error) {
    if (!(error instanceof TrackerError) || !UNREAD.has(error.code)) throw error;
    return { ...none, state: 'unread', reason: error.message };
  }
}

const UNREAD = new Set(['E_NO_FILE', 'E_LARGE_FILE', 'E_BINARY_FILE', 'E_FILE']);

function noteOf({ version, writer, prompt }: KeptVersion): VersionNote {
  return {
    at: version.at,
    toolName: writer?.toolName ?? undefined,
    sessionId: writer?.sessionId,
    prompt: prompt?.text ?? undefined,
  };
}

/** Changes in a history that are shown at a time. */
const ENTRIES = 20;

function historyOf(database: Database, path: string, before: string | null): FileData['history'] {
  const after = before === null ? undefined : logCursorOf(before);
  const found = fileLog(database, { path, after, limit: ENTRIES });
  return { entries: found.map(loggedChange), isCut: found.length === ENTRIES };
}

async function survivalIn(
  file: string,
  projectIds: readonly number[] | undefined,
  { installation }: Sources,
): Promise<Survival> {
  const { sum } = await survivedPieces(installation, () => ({ projectIds, file }));
  return sum;
}

function noFile(path: string): TrackerError {
  return new TrackerError(
    'E_NO_FILE',
    `Nothing is recorded of ${path || 'a file without a name'}`,
    {
      hint: 'Files lists what is. The dashboard opens no other files.',
    },
  );
}
