import type { Database } from '../database/database.ts';

/** Something that is true of every sound tracker.db and that SQLite itself does not enforce. */
export interface Invariant {
  readonly table: string;
  /** What is wrong with the rows that break it, as the end of "rows that …". */
  readonly fault: string;
  /** How many rows break it. */
  readonly count: (database: Database) => number;
  /** What the rows are about, where that helps, such as files. */
  readonly names?: ((database: Database) => readonly string[]) | undefined;
  /** Makes it true again. */
  readonly mend: (database: Database) => void;
}
