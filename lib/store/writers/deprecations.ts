import type { Database } from '../database/database.ts';

/** The patterns that should no longer be used. */
export class Deprecations {
  readonly #put;

  constructor(database: Database) {
    this.#put = database.prepare<[string, string | null, number]>(
      `INSERT INTO deprecations (pattern_id, reason, at) VALUES (?, ?, ?)
       ON CONFLICT (pattern_id) DO UPDATE SET reason = excluded.reason, at = excluded.at
       WHERE (excluded.at, coalesce(excluded.reason, '')) > (at, coalesce(reason, ''))`,
    );
  }

  /** Deprecates a pattern. The latest deprecation holds, in whatever order they arrive. */
  add(patternId: string, reason: string | null, at: number): void {
    this.#put.run(patternId, reason, at);
  }
}
