import { decodeHistory } from '../../../authorship/state/file-state.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import type { Database } from '../../database/database.ts';
import { filterValues } from './totals-source.ts';
import type { StatisticsFilter } from './totals-source.ts';

/** How many lines of Claude's stand in files, as these were when an event last told of them. */
export interface Standing {
  readonly lines: number;
  readonly of: (key: { readonly file?: string; readonly projectId?: number | null }) => number;
}

/** Of more files, it is not looked up who wrote their lines when. */
export const MOST_FILES = 400;

/**
 * The lines of Claude's that stand, of those that meet the filter; undefined if it is about a time in which too many files
 * were touched. Then `survival` tells.
 */
export function standingLines(database: Database, filter: StatisticsFilter): Standing | undefined {
  const { since, until, session } = filter;
  const isAll = since === undefined && until === undefined && session === undefined;
  const files = isAll ? countedFiles(database, filter) : readFiles(database, filter);
  if (files === undefined) return undefined;
  const byFile = new Map(files.map(({ path, lines }) => [path, lines]));
  const byProject = new Map<number | null, number>();
  for (const { projectId, lines } of files) {
    byProject.set(projectId, (byProject.get(projectId) ?? 0) + lines);
  }
  return {
    lines: files.reduce((sum, { lines }) => sum + lines, 0),
    of: ({ file, projectId }) =>
      (file === undefined ? byProject.get(projectId ?? null) : byFile.get(file)) ?? 0,
  };
}

// --- internal ---

interface StandingFile {
  readonly path: string;
  readonly projectId: number | null;
  readonly lines: number;
}

function countedFiles(database: Database, filter: StatisticsFilter): StandingFile[] {
  return database
    .prepare<[Record<string, string>], StandingFile>(
      `SELECT file_path AS path, project_id AS projectId, claude_lines AS lines FROM file_states
       WHERE claude_lines > 0 ${ofProjects(filter)}`,
    )
    .all(filterValues(filter));
}

/** A line that was written since some time stands in a file that was touched since. */
function readFiles(database: Database, filter: StatisticsFilter): StandingFile[] | undefined {
  const { since = 0, until = Number.MAX_SAFE_INTEGER, session } = filter;
  const states = database
    .prepare<
      [Record<string, string | number>],
      { path: string; projectId: number | null; history: Uint8Array }
    >(
      `SELECT file_path AS path, project_id AS projectId, history FROM file_states
       WHERE claude_lines > 0 AND touched_at >= @since ${ofProjects(filter)}
         ${session === undefined ? '' : 'AND touched_at >= (SELECT started_at FROM sessions WHERE id = @session)'}
       LIMIT ${MOST_FILES + 1}`,
    )
    .all({ ...filterValues(filter), since });
  if (states.length > MOST_FILES) return undefined;
  const writer = database.prepare<[string, number], { at: number; session: string }>(
    'SELECT at, session_id AS session FROM occurrences WHERE event_id = ? AND ordinal = ?',
  );
  const known = new Map<string, boolean>();
  const isMeant = (author: string): boolean => {
    const before = known.get(author);
    if (before !== undefined) return before;
    const { eventId, ordinal } = occurrenceKey(author);
    const by = writer.get(eventId, ordinal);
    const is =
      by !== undefined &&
      by.at >= since &&
      by.at < until &&
      (session === undefined || by.session === session);
    known.set(author, is);
    return is;
  };
  return states.map(({ path, projectId, history }) => {
    const authors = decodeHistory(history)?.last.authors ?? [];
    const lines = authors.filter((author) => author !== null && isMeant(author)).length;
    return { path, projectId, lines };
  });
}

function ofProjects({ projectIds }: StatisticsFilter): string {
  return projectIds ? 'AND project_id IN (SELECT value FROM json_each(@projects))' : '';
}
