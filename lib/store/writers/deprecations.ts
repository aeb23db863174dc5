import type { Database } from '../database/database.ts';

/** Notes which patterns should no longer be used; `queries/deprecations.ts` reads it. */
export class Deprecations {
  readonly #put;

  constructor(database: Database) {
    this.#put = database.prepare<[string, string | null, number]>(
      `INSERT INTO deprecations (pattern_id, reason, at) VALUES (?, ?, ?)
       ON CONFLICT (pattern_id) DO UPDATE SET reason = excluded.reason, at = excluded.at`,
    );
  }

  /** The last reason and time win. @param at milliseconds since 1970 */
  add(patternId: string, reason: string | null, at: number): void {
    this.#put.run(patternId, reason, at);
  }
}
