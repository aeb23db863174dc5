import type { Database } from '../database/database.ts';

/**
 * The end of an INSERT into `deprecations`: the latest one holds, whatever the order of arrival. Of two at
 * the same time, the one with the greater reason does.
 */
export const LATEST_DEPRECATION = `ON CONFLICT (pattern_id)
  DO UPDATE SET reason = excluded.reason, at = excluded.at
  WHERE (excluded.at, coalesce(excluded.reason, '')) > (at, coalesce(reason, ''))`;

/** Writes which patterns should no longer be used. */
export class Deprecations {
  readonly #put;

  constructor(database: Database) {
    this.#put = database.prepare<[string, string | null, number]>(
      `INSERT INTO deprecations (pattern_id, reason, at) VALUES (?, ?, ?)
       ${LATEST_DEPRECATION}`,
    );
  }

  /** Deprecates a pattern, unless a later deprecation is known. `at` is in milliseconds since 1970 UTC. */
  add(patternId: string, reason: string | null, at: number): void {
    this.#put.run(patternId, reason, at);
  }
}
