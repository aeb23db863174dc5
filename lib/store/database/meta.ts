import type { Database } from './database.ts';

/** A database that was found corrupt and moved aside; shown until it is acknowledged. */
export interface MovedAside {
  readonly path: string;
  readonly at: number;
  readonly reason: string;
}

const KEY = 'corrupt_moved_to';

/** Records in the fresh database where the corrupt one was moved to. */
export function noteMovedAside(database: Database, moved: MovedAside): void {
  database
    .prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(KEY, JSON.stringify(moved));
}
