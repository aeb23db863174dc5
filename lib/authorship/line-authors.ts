import { asString } from '../base/json.ts';
import type { HookEvent } from '../event/hook-event.ts';
import { linesOf } from './author.ts';
import type { Author } from './author.ts';
import { EventChanges } from './event-changes.ts';
import type { FileResult } from './event-changes.ts';
import { textChanges } from './payload/text-change.ts';
import type { Revision } from './replay.ts';
import type { AuthorshipStore, EventStamp } from './state/authorship-store.ts';

/** What an event did to files. */
export interface EventResult {
  readonly files: readonly FileResult[];
  /** Files that it changed, of which it does not tell what became. */
  readonly unseen: readonly string[];
  /** Pieces of events that happened later but came earlier, whose parents are now known better. */
  readonly revised: readonly Revision[];
}

/** Keeps who wrote each line of a project's files, event by event. */
export class LineAuthors {
  readonly #store: AuthorshipStore;

  constructor(store: AuthorshipStore) {
    this.#store = store;
  }

  /**
   * Takes in what an event did to files. Its pieces are numbered in their order: the author of the first is
   * `<id>-0`.
   */
  apply(stamp: EventStamp, event: HookEvent): EventResult {
    const { changes, unseen } = textChanges(event);
    const command =
      event.toolName === 'Bash' ? (asString(event.toolInput?.['command']) ?? '') : undefined;
    if (changes.length === 0) return { files: [], unseen, revised: [] };
    const files = new EventChanges(this.#store, { ...stamp, command }).apply(changes);
    return { files, unseen, revised: files.flatMap(({ revised }) => revised) };
  }

  /** The authors of a text that is seen in a file now, as far as they are known. Nothing is kept of it. */
  authorsOf(path: string, text: string): readonly Author[] {
    const now = { id: '', at: Number.POSITIVE_INFINITY, command: undefined };
    return new EventChanges(this.#store, now).authorsOf(path, linesOf(text));
  }
}
