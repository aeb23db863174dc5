import { setImmediate as turn } from 'node:timers/promises';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Redactor } from '../../redact/redact.ts';
import type { Database } from '../../store/database/database.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import {
  followedFiles,
  ownPieces,
  replacedAuthors,
} from '../../store/queries/authorship/own-pieces.ts';
import type { PieceFilter } from '../../store/queries/authorship/own-pieces.ts';
import { loadRedactor } from '../load-redactor.ts';
import { survivalOf } from './survival-groups.ts';
import type { Survival } from './survival-groups.ts';
import { SurvivalSurvey } from './survey.ts';
import type { FollowedFile, PieceFate } from './survey.ts';

/** Pieces that are looked at, the newest first. */
export const MOST_PIECES = 200_000;
/** Files that are compared in one go. */
const FILES_AT_ONCE = 100;

/** What became of the code that Claude wrote. */
export interface Survived {
  readonly survey: SurvivalSurvey;
  /** True if there were more pieces than are looked at. */
  readonly isCut: boolean;
  readonly fates: readonly PieceFate[];
  readonly sum: Survival;
}

/** Is told how far it is. */
export interface SurvivalProgress {
  readonly update: (done: number, total: number) => void;
  readonly end: () => void;
}

/**
 * Compares the files on disk with what is known of their lines.
 *
 * @param choose the pieces that are meant
 * @param progressOf called with the number of files
 */
export async function survivedPieces(
  installation: { readonly paths: TrackerPaths },
  choose: (database: Database) => Omit<PieceFilter, 'limit'>,
  progressOf?: (files: number) => SurvivalProgress,
): Promise<Survived> {
  const path = installation.paths.database;
  const begun = readDatabase(path, (database) => {
    const filter = choose(database);
    const pieces = ownPieces(database, { ...filter, limit: MOST_PIECES + 1 });
    return {
      survey: new SurvivalSurvey(pieces.slice(0, MOST_PIECES)),
      isCut: pieces.length > MOST_PIECES,
      files: pieces.length > 0 ? followedFiles(database, filter.projectIds) : [],
      replaced: replacedAuthors(database),
    };
  });
  if (!begun) {
    return { survey: new SurvivalSurvey([]), isCut: false, fates: [], sum: survivalOf([]) };
  }
  const { survey, isCut, files, replaced } = begun;
  const progress = progressOf?.(files.length);
  let done = 0;
  const onFile = () => progress?.update((done += 1), files.length);
  const compare = async (all: readonly FollowedFile[], redactor?: Redactor) => {
    const secretive: FollowedFile[] = [];
    for (let at = 0; at < all.length; at += FILES_AT_ONCE) {
      const some = all.slice(at, at + FILES_AT_ONCE);
      const left = readDatabase(path, (database) =>
        survey.compare(database, some, redactor, onFile),
      );
      secretive.push(...(left ?? []));
      await turn(); // others that this process serves come in between
    }
    return secretive;
  };
  try {
    const secretive = await compare(files);
    done -= secretive.length;
    if (secretive.length > 0) await compare(secretive, await loadRedactor(installation));
  } finally {
    progress?.end();
  }
  const fates = survey.result(replaced);
  return { survey, isCut, fates, sum: survivalOf(fates) };
}
