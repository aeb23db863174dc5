import { linesOfClaude, linesOfText } from '../../../authorship/author.ts';
import type { RecentChange } from '../../../authorship/state/authorship-store.ts';
import type { FileHistory } from '../../../authorship/state/file-history.ts';
import { decodeHistory } from '../../../authorship/state/file-state.ts';
import { decodeChange, encodeChange } from '../../../authorship/state/stored-change.ts';
import { checkAscent } from '../../database/ascent.ts';
import type { Database } from '../../database/database.ts';
import { noteStatesChanged } from '../../writers/authorship/states-revision.ts';
import { encodeState, notedLinesIn } from '../../writers/authorship/stored-state.ts';
import type { StateColumns } from '../../writers/authorship/stored-state.ts';
import type { NotedLines } from '../../writers/authorship/noted-lines.ts';

/** What is known of a file, as it is stored. */
export interface StoredState {
  readonly id: number;
  readonly path: string;
  /** Undefined if it is damaged. */
  readonly history: FileHistory | undefined;
  /** Undefined if they are damaged. */
  readonly notedLines: NotedLines | undefined;
}

/** A recent change, as it is stored. */
export interface StoredChange {
  readonly projectId: number;
  readonly seq: number;
  /** Undefined if it is damaged. */
  readonly change: RecentChange | undefined;
}

/** The rows about the present text of files, for whoever looks at all of them. */
export class FileStateRows {
  readonly #database: Database;
  readonly #after;
  readonly #of;
  readonly #keep;
  readonly #drop;
  readonly #changes;
  readonly #keepChange;
  readonly #dropChange;

  constructor(database: Database) {
    this.#database = database;
    this.#after = database.prepare<[number, number], StateRow>(
      `SELECT id, file_path AS path, history, noted_lines AS notedLines FROM file_states
       WHERE id > ? ORDER BY id LIMIT ?`,
    );
    this.#of = database.prepare<[string], StateRow>(
      'SELECT id, file_path AS path, history, noted_lines AS notedLines FROM file_states WHERE file_path = ?',
    );
    this.#keep = database.prepare<[Uint8Array, Uint8Array, number, number, number]>(
      `UPDATE file_states SET history = ?, noted_lines = ?, claude_lines = ?, all_lines = ?, is_repacked = 0
       WHERE id = ?`,
    );
    this.#drop = database.prepare<[number]>('DELETE FROM file_states WHERE id = ?');
    this.#changes = database.prepare<[], ChangeRow>(
      'SELECT project_id AS projectId, seq, change FROM recent_changes ORDER BY project_id, seq',
    );
    this.#keepChange = database.prepare<[Uint8Array, number, number]>(
      'UPDATE recent_changes SET change = ? WHERE project_id = ? AND seq = ?',
    );
    this.#dropChange = database.prepare<[number, number]>(
      'DELETE FROM recent_changes WHERE project_id = ? AND seq = ?',
    );
  }

  /** The states whose ids follow `id`, at most `limit`. */
  after(id: number, limit: number): StoredState[] {
    return this.#after.all(id, limit).map(stateOf);
  }

  /** The state of a file. */
  of(path: string): StoredState | undefined {
    const row = this.#of.get(path);
    return row && stateOf(row);
  }

  /** All states. They may be changed meanwhile. @throws TrackerError E_DATABASE_CORRUPT */
  *all(): Generator<StoredState> {
    for (let last = 0; ;) {
      const states = this.after(last, STATES_READ);
      yield* states;
      const end = states.at(-1);
      if (end === undefined) return;
      checkAscent('file_states', [last], [end.id]);
      last = end.id;
    }
  }

  keep(id: number, history: FileHistory, lines: NotedLines): void {
    noteStatesChanged(this.#database);
    const columns = encodeState(history, lines);
    const counts = [linesOfClaude(history.last), linesOfText(history.last)] as const;
    this.#keep.run(columns.history, columns.notedLines, ...counts, id);
  }

  drop(id: number): void {
    noteStatesChanged(this.#database);
    this.#drop.run(id);
  }

  /** All recent changes: a few dozen for each project. */
  *changes(): Generator<StoredChange> {
    for (const { change, ...key } of this.#changes.all()) {
      yield { ...key, change: decodeChange(change) };
    }
  }

  keepChange({ projectId, seq }: StoredChange, change: RecentChange): void {
    noteStatesChanged(this.#database);
    this.#keepChange.run(encodeChange(change), projectId, seq);
  }

  dropChange({ projectId, seq }: StoredChange): void {
    noteStatesChanged(this.#database);
    this.#dropChange.run(projectId, seq);
  }
}

// --- internal ---

/** States in memory at a time. */
const STATES_READ = 100;

interface StateRow extends StateColumns {
  readonly id: number;
  readonly path: string;
}

interface ChangeRow {
  readonly projectId: number;
  readonly seq: number;
  readonly change: Uint8Array;
}

function stateOf({ history, notedLines, ...row }: StateRow): StoredState {
  return {
    ...row,
    history: isBytes(history) ? decodeHistory(history) : undefined,
    notedLines:
      isBytes(history) && isBytes(notedLines) ? notedLinesIn({ history, notedLines }) : undefined,
  };
}

/** SQLite enforces no types: damaged bytes may be of another one. */
function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array;
}
