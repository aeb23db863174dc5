import type { Author } from '../../../authorship/author.ts';
import { authorsIn, erasedChange, erasedHistory } from '../../../authorship/state/erased-text.ts';
import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import type { Invariant } from '../invariant.ts';
import { eventTest, occurrenceTest } from './author-tests.ts';
import { FileStateRows } from './file-state-rows.ts';
import type { StoredState } from './file-state-rows.ts';

/**
 * Checks what is known of the text of files: it can be read, and every author that it names is an occurrence, or one
 * that retention removed with its pattern and counted. One reading of all states answers for all invariants.
 */
export class StateCheck {
  #found: Found | undefined;

  invariants(): readonly Invariant[] {
    return [
      this.#invariant('file_states', 'cannot be read', ({ damaged }) => damaged),
      this.#invariant('recent_changes', 'cannot be read', ({ damagedChanges }) => damagedChanges),
      this.#invariant('file_states', 'name an author whose event is not there', (found) => {
        return found.strange;
      }),
      this.#invariant('recent_changes', 'name an author whose event is not there', (found) => {
        return found.strangeChanges;
      }),
      {
        table: 'file_states',
        fault: 'name an occurrence that is gone and was not counted',
        count: (database) => this.#look(database).uncounted,
        mend: (database) => {
          new Counters(database).add('pruned_occurrences', this.#look(database).uncounted);
          this.#found = undefined;
        },
      },
    ];
  }

  /** One that holds if `select` finds nothing. All of them are mended together. */
  #invariant(table: string, fault: string, select: (found: Found) => readonly string[]): Invariant {
    return {
      table,
      fault,
      count: (database) => select(this.#look(database)).length,
      names: (database) => select(this.#look(database)),
      mend: (database) => {
        mend(database);
        this.#found = undefined;
      },
    };
  }

  #look(database: Database): Found {
    return (this.#found ??= look(database));
  }
}

// --- internal ---

/** What is wrong; rows by the paths of their files. */
interface Found {
  readonly damaged: readonly string[];
  readonly strange: readonly string[];
  readonly damagedChanges: readonly string[];
  readonly strangeChanges: readonly string[];
  /** How many occurrences are gone beside those that were counted. */
  readonly uncounted: number;
}

function look(database: Database): Found {
  const rows = new FileStateRows(database);
  const isOccurrence = occurrenceTest(database);
  const isEvent = eventTest(database);
  const found = { damaged: [], strange: [], damagedChanges: [], strangeChanges: [] } as Record<
    'damaged' | 'strange' | 'damagedChanges' | 'strangeChanges',
    string[]
  >;
  const gone = new Set<string>();
  const isStrange = (authors: Iterable<Author>): boolean => {
    let some = false;
    for (const author of authors) {
      if (author === null || isOccurrence(author)) continue;
      if (isEvent(author)) gone.add(author);
      else some = true;
    }
    return some;
  };
  for (const state of rows.all()) {
    const { path, history, notedLines } = state;
    if (history === undefined || notedLines === undefined) found.damaged.push(path);
    if (isStrange(authorsNamed(state))) found.strange.push(path);
  }
  for (const { projectId, seq, change } of rows.changes()) {
    if (change === undefined) found.damagedChanges.push(`${seq} of project ${projectId}`);
    else if (isStrange(change.gone.authors)) found.strangeChanges.push(change.path);
  }
  return { ...found, uncounted: Math.max(0, gone.size - countedPruned(database)) };
}

/** What cannot be read goes; lines of authors of which nothing is known lose their text. */
function mend(database: Database): void {
  const rows = new FileStateRows(database);
  const isOccurrence = occurrenceTest(database);
  const isEvent = eventTest(database);
  const stays = (author: Author) => author === null || isOccurrence(author) || isEvent(author);
  for (const state of rows.all()) {
    const { id, history, notedLines } = state;
    const isSound = [...authorsNamed(state)].every(stays);
    if (isSound && history !== undefined && notedLines !== undefined) continue;
    const left = isSound ? history : history && erasedHistory(history, stays);
    if (left === undefined) rows.drop(id);
    else rows.keep(id, left, new Map([...(notedLines ?? [])].filter(([, by]) => stays(by))));
  }
  for (const stored of rows.changes()) {
    const { change } = stored;
    if (change === undefined) rows.dropChange(stored);
    else if (!change.gone.authors.every(stays))
      rows.keepChange(stored, erasedChange(change, stays));
  }
}

function authorsNamed({ history, notedLines }: StoredState): Set<Author> {
  return new Set([...(history ? authorsIn(history) : []), ...(notedLines?.values() ?? [])]);
}

/** Occurrences that are known to be gone. */
function countedPruned(database: Database): number {
  const count = database.prepare("SELECT value FROM counters WHERE name = 'pruned_occurrences'");
  return Number(count.pluck().get() ?? 0);
}
