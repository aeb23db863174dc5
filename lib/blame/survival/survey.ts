import { LineAuthors } from '../../authorship/line-authors.ts';
import { REMOVED, versionsOf } from '../../authorship/state/file-history.ts';
import type { FileHistory } from '../../authorship/state/file-history.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Redactor } from '../../redact/redact.ts';
import type { Database } from '../../store/database/database.ts';
import type { OwnPiece } from '../../store/queries/authorship/own-pieces.ts';
import { AuthorshipTables } from '../../store/writers/authorship/authorship-tables.ts';
import { diskLinesOf } from '../disk-lines.ts';
import { diskText } from '../disk-text.ts';
import { followLines, noLines, settledFate } from './line-fate.ts';
import type { FileStep, LineFate } from './line-fate.ts';

/** A file whose lines are known. */
export interface FollowedFile {
  readonly path: string;
  readonly projectId: number | null;
}

/** A file that cannot be read, and why. */
export interface UnreadFile {
  readonly file: string;
  readonly reason: string;
}

/** What became of a piece; undefined if it is not known. */
export interface PieceFate {
  readonly piece: OwnPiece;
  readonly written: number;
  readonly fate: LineFate | undefined;
}

/** Compares files on disk with what is known of their lines, and sums up what became of the lines of pieces. */
export class SurvivalSurvey {
  readonly #pieces: readonly OwnPiece[];
  readonly #authors: ReadonlySet<string>;
  readonly #fates = new Map<string, LineFate>();
  /** Those whose lines are known to the end. */
  readonly #followed = new Set<string>();
  readonly unread: UnreadFile[] = [];
  compared = 0;
  gone = 0;

  constructor(pieces: readonly OwnPiece[]) {
    this.#pieces = pieces;
    this.#authors = new Set(pieces.map(({ author }) => author));
  }

  /**
   * Compares files; returns those that need a redactor, if none is given.
   *
   * @param onFile called before each of them
   */
  compare(
    database: Database,
    files: readonly FollowedFile[],
    redactor: Redactor | undefined,
    onFile: () => void,
  ): FollowedFile[] {
    const tables = new AuthorshipTables(database);
    return files.filter((file) => {
      onFile();
      const history = tables.history(file.path);
      if (history === undefined) return false;
      return !this.#compareOne(file, history, new LineAuthors(tables.of(file.projectId)), redactor);
    });
  }

  /** What became of each piece. @param replaced the authors whose lines Claude itself replaced */
  result(replaced: ReadonlySet<string>): PieceFate[] {
    return this.#pieces.map((piece) => {
      const { author, filePath, lines, isFollowed } = piece;
      const found = this.#fates.get(author);
      const written = Math.max(lines, found?.stands ?? 0);
      if (!isFollowed || (found === undefined && !this.#followed.has(filePath))) {
        return { piece, written, fate: undefined };
      }
      return {
        piece,
        written,
        fate: settledFate(found ?? noLines(), written, replaced.has(author)),
      };
    });
  }

  /** False if it needs a redactor. */
  #compareOne(
    { path }: FollowedFile,
    history: FileHistory,
    engine: LineAuthors,
    redactor: Redactor | undefined,
  ): boolean {
    if (!this.#holdsChosen(history)) {
      this.#followed.add(path);
      return true;
    }
    let text: string | undefined;
    try {
      text = diskText(path, path);
    } catch (error) {
      this.unread.push({ file: path, reason: errorMessage(error) });
      return true;
    }
    const steps = versionsOf(history).map(({ lines, authors, event }): FileStep => ({
      text: { lines, authors },
      by: event === null ? 'others' : 'claude',
    }));
    if (text === undefined) {
      this.gone += 1;
      steps.push({ text: REMOVED, by: 'others' });
    } else {
      const now = diskLinesOf(engine, { path, text, unseenAt: undefined }, redactor);
      if (now === 'needs-redactor') return false;
      this.compared += 1;
      steps.push({ text: now.seen, by: 'others' });
    }
    this.#followed.add(path);
    followLines(steps, this.#fates);
    return true;
  }

  #holdsChosen({ last, past }: FileHistory): boolean {
    return [last, ...past].some(({ authors }) =>
      authors.some((author) => author !== null && this.#authors.has(author)),
    );
  }
}
