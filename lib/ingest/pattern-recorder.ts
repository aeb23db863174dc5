import type { AuthorShare } from '../authorship/author.ts';
import type { FileResult } from '../authorship/event-changes.ts';
import { LineAuthors } from '../authorship/line-authors.ts';
import type { TextChange } from '../authorship/payload/text-change.ts';
import type { Piece } from '../authorship/piece.ts';
import type { Revision } from '../authorship/replay.ts';
import type { Config } from '../config/config.ts';
import type { PatternFeed } from '../delivery/sink.ts';
import { patternId } from '../pattern/identify.ts';
import { languageNamed, languageOf } from '../pattern/language.ts';
import { rangesOf } from '../pattern/line-range.ts';
import { occurrenceKey } from '../pattern/occurrence-key.ts';
import type { OccurrenceOrigin, ReplacedShare } from '../pattern/recorded-fragment.ts';
import type { AuthorshipTables } from '../store/writers/authorship/authorship-tables.ts';
import type { PatternWriter } from '../store/writers/pattern-writer.ts';

/** How fragments are recorded. */
export interface PatternRecorderOptions {
  /** How a pattern's id is made. */
  readonly scheme: Config['patterns']['id_scheme'];
  /** Where everything that is recorded is put into the sinks' outboxes too. */
  readonly feed: PatternFeed | undefined;
  /** Takes the secrets out of a text that was put together from redacted ones. */
  readonly clean: (text: string) => string;
}

/** Turns what tool calls did to files into patterns, occurrences and lineage, and keeps who wrote each line. */
export class PatternRecorder {
  readonly #patterns: PatternWriter;
  readonly #authorship: AuthorshipTables;
  readonly #options: PatternRecorderOptions;

  constructor(
    patterns: PatternWriter,
    authorship: AuthorshipTables,
    options: PatternRecorderOptions,
  ) {
    this.#patterns = patterns;
    this.#authorship = authorship;
    this.#options = options;
  }

  /** Records what one tool call did. The pieces' authors are the keys of their occurrences. */
  record(changes: readonly TextChange[], origin: OccurrenceOrigin): void {
    const store = this.#authorship.of(origin.projectId);
    const stamp = { id: origin.eventId, at: origin.at };
    const { files, revised } = new LineAuthors(store, this.#options.clean).apply(stamp, changes);
    for (const file of files) {
      for (const piece of file.pieces) this.#recordPiece(piece, file, origin);
    }
    for (const revision of revised) this.#revise(revision);
  }

  #recordPiece(piece: Piece, { path, change }: FileResult, origin: OccurrenceOrigin): void {
    const { code, startLine, endLine, changedLines, ownShare, kind } = piece;
    const { ordinal } = occurrenceKey(piece.author);
    const fragment = {
      patternId: this.#idOf(code, change),
      code,
      language:
        change.language === undefined
          ? languageOf(path, piece.wholeFile ? code : undefined)
          : languageNamed(change.language),
      filePath: path,
      startLine,
      endLine,
      changedLines: changedLines && rangesOf(changedLines),
      authoredShare: ownShare,
    };
    const { replaced, parentIds } = this.#descentOf(piece.parents);
    // Code that Claude wrote again, such as to move it, is another version of its own that it took the place of.
    const isVersion = !change.isProgram && parentIds.length > 0;
    if (kind !== 'authored' && !isVersion) {
      this.#patterns.place({ ...fragment, authorship: kind }, ordinal, origin);
      return;
    }
    const identified = { ...fragment, replacedId: parentIds[0], replaced, parentIds };
    const recorded = this.#patterns.write(identified, ordinal, origin);
    this.#options.feed?.add(recorded, ordinal, origin);
  }

  #idOf(code: string, { path, calledPath = path }: TextChange): string {
    return patternId(
      code,
      this.#options.scheme === 'path200'
        ? { scheme: 'path200', filePath: calledPath }
        : { scheme: 'sha16-code' },
    );
  }

  /** The known occurrences among the authors, and their patterns. */
  #descentOf(parents: readonly AuthorShare[]): {
    readonly replaced: ReplacedShare[];
    readonly parentIds: string[];
  } {
    const replaced: ReplacedShare[] = [];
    const parentIds: string[] = [];
    for (const { author, share } of parents) {
      const key = occurrenceKey(author);
      const written = this.#patterns.written(key);
      if (written === undefined) continue;
      replaced.push({ ...key, share });
      parentIds.push(written.patternId);
    }
    return { replaced, parentIds };
  }

  /** What was written later but came earlier may have replaced other lines than were known then. */
  #revise({ author, parents }: Revision): void {
    const key = occurrenceKey(author);
    const written = this.#patterns.written(key);
    if (written) this.#patterns.correct(key, written, this.#descentOf(parents));
  }
}
