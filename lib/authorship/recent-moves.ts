import { eventOf, linesBy, NOT_CLAUDE } from './author.ts';
import type { AuthoredText } from './author.ts';
import { isEmpty, noteLine } from './line-sources.ts';
import type { AuthorshipStore, EventStamp, RecentChange } from './state/authorship-store.ts';
import { findPassages, holdsAny, tellingKeys } from './transfer/passages.ts';

/** What is known of a change beside its lines. */
export type ChangeOrigin = Pick<RecentChange, 'added' | 'isFirst' | 'continues'>;

/** A text without lines. */
export const NO_LINES: AuthoredText = { lines: [], authors: [] };

/** What moves between files: an event takes it here, and another one puts it there, before or after. */
export class RecentMoves {
  readonly #store: AuthorshipStore;
  readonly #event: EventStamp;

  constructor(store: AuthorshipStore, event: EventStamp) {
    this.#store = store;
    this.#event = event;
  }

  /**
   * What goes from a file in the event that first shows it was there before: if Claude put the same into
   * another file just now, it was moved there, and is not Claude's for standing there.
   */
  goneFromNew(path: string, gone: AuthoredText): AuthoredText {
    const recent = new Set(
      this.#store
        .recentChanges()
        .filter((change) => change.added && change.path !== path)
        .map(({ event }) => event),
    );
    const authors = gone.authors.map((author) =>
      author !== NOT_CLAUDE && recent.has(eventOf(author)) ? NOT_CLAUDE : author,
    );
    return { lines: gone.lines, authors };
  }

  /** Keeps what a change did, for those that come after. */
  note(path: string, gone: AuthoredText, origin: ChangeOrigin): void {
    const { added, isFirst, continues } = origin;
    if (!isEmpty(gone)) this.#movedBefore(path, gone);
    if (isEmpty(gone) && !added && !isFirst && continues === undefined) return;
    const { id: event, at } = this.#event;
    const kept = isEmpty(gone) ? NO_LINES : firstLines(gone, MAX_GONE);
    this.#store.noteChange({ event, at, path, gone: kept, ...origin });
  }

  /** Lines that another event put elsewhere just before they went from here have moved there. */
  #movedBefore(path: string, gone: AuthoredText): void {
    const keys = tellingKeys(gone.lines);
    for (const change of this.#store.recentChanges()) {
      const isBefore = change.added && change.at <= this.#event.at;
      if (!isBefore || change.path === path || change.event === this.#event.id) continue;
      const history = this.#store.history(change.path);
      if (history === undefined || !holdsAny(history.last.lines, keys)) continue;
      const { lines, authors } = history.last;
      const added = new Set(linesBy(change.event, authors));
      const found = findPassages(lines, added, { ...gone, ...LATE_MOVE });
      if (found.size === 0) continue;
      const moved = authors.map((author, line) =>
        found.has(line) ? (found.get(line) ?? NOT_CLAUDE) : author,
      );
      const last = { ...history.last, authors: moved };
      this.#store.keepHistory(change.path, { ...history, last });
      for (const line of found.keys()) noteLine(this.#store, change.path, last, line);
    }
  }
}

// --- internal ---

/** Lines of one change that are looked for in later ones. */
const MAX_GONE = 2000;
const LATE_MOVE = { leastWeight: 30, leastLines: 2, isByCode: true };

function firstLines(text: AuthoredText, most: number): AuthoredText {
  const { lines, authors } = text;
  if (lines.length <= most) return text; // the same array has its keys already
  return { lines: lines.slice(0, most), authors: authors.slice(0, most) };
}
