import type { Database } from '../database/database.ts';

/** A known fragment of a file, with its current text. */
export interface LiveFragment {
  readonly patternId: string;
  readonly text: string;
}

/** Longer texts are not tracked, so an edit in one finds no parent. In characters. */
export const MAX_LIVE_TEXT = 1024 * 1024;
/** Fragments tracked in one file. Beyond it the oldest are dropped, but not the first: the file itself. */
const MAX_PER_FILE = 64;

interface LiveRow extends LiveFragment {
  readonly seq: number;
}

/** The known fragments in the current content of files. */
export class LiveFragments {
  readonly #all;
  readonly #set;
  readonly #clear;
  readonly #trim;

  constructor(database: Database) {
    this.#all = database.prepare<[string], LiveRow>(
      `SELECT seq, pattern_id AS patternId, text FROM live_fragments
       WHERE file_path = ? ORDER BY seq DESC`,
    );
    this.#set = database.prepare<[string, number, string, string]>(
      `INSERT INTO live_fragments (file_path, seq, pattern_id, text) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET text = excluded.text`,
    );
    this.#clear = database.prepare<[string]>('DELETE FROM live_fragments WHERE file_path = ?');
    this.#trim = database.prepare<[string, number]>(
      'DELETE FROM live_fragments WHERE file_path = ? AND seq > 1 AND seq <= ?',
    );
  }

  /** The fragments in a file, newest first. */
  of(filePath: string): LiveRow[] {
    return this.#all.all(filePath);
  }

  /** Records that the file consists of a new fragment alone. */
  replaceAll(filePath: string, fragment: LiveFragment): void {
    this.#clear.run(filePath);
    this.#put(filePath, 1, fragment);
  }

  /**
   * Adds a new fragment to a file. `edited` are the fragments whose text the same edit changed,
   * `newest` is the highest `seq` in the file, 0 in a file without fragments.
   */
  add(filePath: string, fragment: LiveFragment, edited: readonly LiveRow[], newest: number): void {
    for (const { seq, ...rest } of edited) this.#put(filePath, seq, rest);
    this.#put(filePath, newest + 1, fragment);
    this.#trim.run(filePath, newest + 1 - MAX_PER_FILE);
  }

  #put(filePath: string, seq: number, { patternId, text }: LiveFragment): void {
    if (text.length <= MAX_LIVE_TEXT) this.#set.run(filePath, seq, patternId, text);
  }
}
