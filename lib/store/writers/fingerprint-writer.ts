import { fingerprint } from '../../pattern/likeness/fingerprint.ts';
import { shapeOf } from '../../pattern/likeness/shape.ts';
import type { Database } from '../database/database.ts';

/** Adds patterns to the index of similar code. */
export class FingerprintWriter {
  readonly #number;
  readonly #insert;

  constructor(database: Database) {
    this.#number = database
      .prepare<[string], number>(
        'INSERT OR IGNORE INTO fingerprints (pattern_id) VALUES (?) RETURNING id',
      )
      .pluck();
    this.#insert = database.prepare<[number, string]>(
      'INSERT OR REPLACE INTO similar_index (rowid, bands) VALUES (?, ?)',
    );
  }

  /** Adds one, unless it is there already. Call it in a transaction. */
  add(patternId: string, code: string, language: string): void {
    const words = fingerprint(shapeOf(code, language));
    if (words.length === 0) return;
    const id = this.#number.get(patternId);
    if (id !== undefined) this.#insert.run(id, words.join(' '));
  }
}
