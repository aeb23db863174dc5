import { Counters } from '../database/counters.ts';
import type { Database } from '../database/database.ts';

/** What was redacted in one place. */
export interface Redactions {
  /** How many secrets, by the rule that found them; `unchecked` for texts that were left out. */
  readonly redactions: Readonly<Record<string, number>>;
  /** How many characters were left out unchecked. */
  readonly unchecked: number;
}

/** The rule under which stands what was left out. */
export const UNCHECKED_RULE = 'unchecked';

/** Counts what redaction takes out, by day, project and rule. */
export class RedactionCounts {
  readonly #counters: Counters;
  readonly #add;
  readonly #gathered = new Map<string, readonly [row: Row, sum: Sum]>();

  constructor(database: Database) {
    this.#counters = new Counters(database);
    this.#add = database.prepare<[...Row, number, number]>(
      `INSERT INTO redaction_counts (day, project, rule, count, left_out) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (day, project, rule) DO UPDATE
       SET count = count + excluded.count, left_out = left_out + excluded.left_out`,
    );
  }

  /** Adds in memory; `project` is its root, '' outside every project, and `at` in milliseconds since 1970 UTC. */
  add({ redactions, unchecked }: Redactions, project: string, at: number): void {
    for (const [rule, count] of Object.entries(redactions)) {
      const row: Row = [new Date(at).toISOString().slice(0, 10), project, rule];
      const key = row.join('\n');
      const [, sum] = this.#gathered.get(key) ?? [row, { count: 0, leftOut: 0 }];
      const leftOut = sum.leftOut + (rule === UNCHECKED_RULE ? unchecked : 0);
      this.#gathered.set(key, [row, { count: sum.count + count, leftOut }]);
    }
  }

  /** Writes what was added. Call it at the end of the transaction whose work is counted. */
  flush(): void {
    let [secrets, unchecked] = [0, 0];
    for (const [row, { count, leftOut }] of this.#gathered.values()) {
      this.#add.run(...row, count, leftOut);
      if (row[2] === UNCHECKED_RULE) unchecked += count;
      else secrets += count;
    }
    this.#counters.add('redactions', secrets);
    this.#counters.add('unchecked', unchecked);
    this.forget();
  }

  /** Drops what was added and not written. */
  forget(): void {
    this.#gathered.clear();
  }
}

// --- internal ---

type Row = [day: string, project: string, rule: string];

interface Sum {
  readonly count: number;
  readonly leftOut: number;
}
