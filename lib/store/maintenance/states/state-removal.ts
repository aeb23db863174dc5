import { eventOf } from '../../../authorship/author.ts';
import type { RecentChange } from '../../../authorship/state/authorship-store.ts';
import { erasedChange, erasedHistory, eventsIn } from '../../../authorship/state/erased-text.ts';
import type { Stays } from '../../../authorship/state/erased-text.ts';
import { versionsOf } from '../../../authorship/state/file-history.ts';
import type { FileHistory } from '../../../authorship/state/file-history.ts';
import type { Database } from '../../database/database.ts';
import { occurrenceTest } from './author-tests.ts';
import { FileStateRows } from './file-state-rows.ts';
import type { StoredChange, StoredState } from './file-state-rows.ts';
import type { NotedLines } from '../../writers/authorship/noted-lines.ts';

/** What has to go of what is known of the text of files. */
export interface StateChoice {
  /** Ids of events that are forgotten. */
  readonly events: ReadonlySet<string>;
  /** Files that they wrote. */
  readonly written: ReadonlySet<string>;
  /** Tells whether nothing of a file may stay, by its path. */
  readonly isGone: (path: string) => boolean;
  /** Tells whether a text may not stay, wherever it stands. */
  readonly holds?: ((text: string) => boolean) | undefined;
}

/**
 * Erases from the states of files, and from the recent changes, what forgotten events have shown; returns how many
 * states went or lost text. Of a file that one of them is about, only the lines stay whose authors stay: they are in
 * their patterns, too. All else may be known from the forgotten event alone; the next event that shows the file finds it
 * there, as nobody's. Call it when the occurrences are gone.
 */
export function removeStates(database: Database, choice: StateChoice): number {
  return new StateRemoval(database, choice).run();
}

// --- internal ---

class StateRemoval {
  readonly #choice: StateChoice;
  readonly #rows: FileStateRows;
  readonly #stays: Stays;

  constructor(database: Database, choice: StateChoice) {
    this.#choice = choice;
    this.#rows = new FileStateRows(database);
    const isThere = occurrenceTest(database);
    this.#stays = (author) => author !== null && isThere(author);
  }

  run(): number {
    let removed = 0;
    for (const state of this.#rows.all()) if (this.#state(state)) removed += 1;
    for (const change of this.#rows.changes()) this.#change(change);
    return removed;
  }

  /** True if it has lost something. */
  #state({ id, path, history, notedLines = new Map() }: StoredState): boolean {
    const { isGone, written, events } = this.#choice;
    const isMeant =
      history === undefined || isGone(path) || this.#holds([path])
        ? 'whole'
        : written.has(path) ||
          intersects(events, eventsIn(history)) ||
          intersects(events, authorEvents(notedLines)) ||
          this.#holds(textsOf(history));
    if (isMeant === false) return false;
    const left = isMeant === 'whole' ? undefined : history && erasedHistory(history, this.#stays);
    if (left === undefined || this.#holds(textsOf(left))) this.#rows.drop(id);
    else this.#rows.keep(id, left, this.#linesLeft(notedLines));
    return true;
  }

  #linesLeft(lines: NotedLines): NotedLines {
    return new Map([...lines].filter(([, author]) => this.#stays(author)));
  }

  #change(stored: StoredChange): void {
    const { change } = stored;
    const { isGone, written, events } = this.#choice;
    const paths = [change?.path, change?.continues].filter((path) => path !== undefined);
    if (
      change === undefined ||
      events.has(change.event) ||
      paths.some((path) => isGone(path) || this.#holds([path]))
    ) {
      this.#rows.dropChange(stored);
      return;
    }
    const authors = change.gone.authors.flatMap((author) => author ?? []);
    const isTouched =
      paths.some((path) => written.has(path)) ||
      intersects(events, new Set(authors.map(eventOf))) ||
      this.#holds(goneText(change));
    if (!isTouched) return;
    const left = erasedChange(change, this.#stays);
    if (this.#holds(goneText(left))) this.#rows.dropChange(stored);
    else this.#rows.keepChange(stored, left);
  }

  #holds(texts: readonly string[]): boolean {
    const { holds } = this.#choice;
    return holds !== undefined && texts.some(holds);
  }
}

function authorEvents(lines: NotedLines): Set<string> {
  const authors = new Set(lines.values());
  return new Set([...authors].flatMap((author) => (author === null ? [] : [eventOf(author)])));
}

function textsOf(history: FileHistory): string[] {
  return versionsOf(history).map(({ lines }) => lines.join('\n'));
}

function goneText({ gone }: RecentChange): string[] {
  return [gone.lines.join('\n')];
}

function intersects(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const item of other) if (one.has(item)) return true;
  return false;
}
