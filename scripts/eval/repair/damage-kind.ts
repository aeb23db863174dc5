import type { Random } from '../../bench/measure/random.ts';
import type { BaseDatabases } from './base-databases.ts';

/** A way in which a database is damaged. */
export interface DamageKind {
  readonly name: string;
  /** Writes a damaged database to `to`, and its WAL beside it if it has one. */
  readonly make: (bases: BaseDatabases, to: string, random: Random) => void;
}
