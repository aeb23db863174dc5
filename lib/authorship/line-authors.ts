import { linesOf } from './author.ts';
import type { Author } from './author.ts';
import { EventChanges } from './event-changes.ts';
import type { Clean, FileResult } from './event-changes.ts';
import type { TextChange } from './payload/text-change.ts';
import type { Revision } from './replay.ts';
import type { SeenText } from './seen-text.ts';
import type { AuthorshipStore, EventStamp } from './state/authorship-store.ts';

/** What an event did to files. */
export interface EventResult {
  readonly files: readonly FileResult[];
  /** Pieces of events that happened later but came earlier, whose parents are now known better. */
  readonly revised: readonly Revision[];
}

/** Keeps who wrote each line of a project's files, event by event. */
export class LineAuthors {
  readonly #store: AuthorshipStore;
  readonly #clean: Clean;

  /** `clean` takes the secrets out of a text that is put together from clean parts. */
  constructor(store: AuthorshipStore, clean: Clean = (text) => text) {
    this.#store = store;
    this.#clean = clean;
  }

  /**
   * Takes in what an event did to files. Its pieces are numbered in their order: the author of the first is
   * `<id>-0`.
   */
  apply({ id, at }: EventStamp, changes: readonly TextChange[]): EventResult {
    if (changes.length === 0) return { files: [], revised: [] };
    const files = new EventChanges(this.#store, { id, at }, this.#clean).apply(changes);
    return { files, revised: files.flatMap(({ revised }) => revised) };
  }

  /** The authors of a text that is seen in a file now, as far as they are known. Nothing is kept of it. */
  authorsOf(path: string, text: string): readonly Author[] {
    return this.seen(path, text).authors;
  }

  /** The same, with how they are known. */
  seen(path: string, text: string): SeenText {
    const now = { id: '', at: Number.POSITIVE_INFINITY };
    return new EventChanges(this.#store, now, this.#clean).seen(path, linesOf(text));
  }
}
