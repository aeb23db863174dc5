import type { Database } from '../../database/database.ts';
import { Conditions } from '../conditions.ts';
import type { ListFilter } from '../conditions.ts';
import { modelThen } from './line-writers.ts';

/** A piece of code that Claude wrote as its own. */
export interface OwnPiece {
  /** Its author in the states of files: `<event id>-<ordinal>`. */
  readonly author: string;
  readonly filePath: string;
  readonly sessionId: string;
  readonly language: string;
  /** The model of the session then; null where it is not known. */
  readonly model: string | null;
  readonly projectRoot: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** How many of its lines were new; in rows of an earlier release, how many it has. */
  readonly lines: number;
  /** False in rows of an earlier release, which followed no lines. */
  readonly isFollowed: boolean;
}

/** Which pieces are meant. */
export interface PieceFilter extends ListFilter {
  /** Those in this file only, by its absolute path. */
  readonly file?: string | undefined;
}

/** The pieces that meet a filter, newest first. */
export function ownPieces(database: Database, filter: PieceFilter): OwnPiece[] {
  const where = new Conditions()
    .addFilter({ session: 'o.session_id', project: 'o.project_id', time: 'o.at' }, filter)
    .add("o.authorship = 'authored'");
  if (filter.file !== undefined) where.add('o.file_path = @file', { file: filter.file });
  return database
    .prepare<[Record<string, string | number>], PieceRow>(
      `SELECT o.event_id || '-' || o.ordinal AS author, o.file_path AS filePath,
         o.session_id AS sessionId, o.language, o.at, project.root AS projectRoot,
         ${modelThen('o.session_id', 'o.tool_use_id', 'o.at')} AS model,
         coalesce(o.lines_written, 0) AS lines, o.authored_share AS share
       FROM occurrences o LEFT JOIN projects project ON project.id = o.project_id
       ${where.sql()} ORDER BY o.at DESC, o.event_id, o.ordinal LIMIT @limit`,
    )
    .all({ ...where.values, limit: filter.limit })
    .map(({ share, ...piece }) => ({ ...piece, isFollowed: share !== null }));
}

/** The authors whose lines Claude itself has replaced. */
export function replacedAuthors(database: Database): Set<string> {
  return new Set(
    database
      .prepare<[], string>(
        "SELECT DISTINCT parent_event_id || '-' || parent_ordinal FROM occurrence_parents",
      )
      .pluck()
      .all(),
  );
}

/** The files whose lines are known, in all projects or in some. */
export function followedFiles(
  database: Database,
  projectIds: readonly number[] | undefined,
): { readonly path: string; readonly projectId: number | null }[] {
  const where = new Conditions();
  if (projectIds) {
    where.add('project_id IN (SELECT value FROM json_each(@projects))', {
      projects: JSON.stringify(projectIds),
    });
  }
  return database
    .prepare<[Record<string, string | number>], { path: string; projectId: number | null }>(
      `SELECT file_path AS path, project_id AS projectId FROM file_states ${where.sql()}
       ORDER BY project_id, file_path`,
    )
    .all(where.values);
}

// --- internal ---

interface PieceRow extends Omit<OwnPiece, 'isFollowed'> {
  readonly share: number | null;
}
