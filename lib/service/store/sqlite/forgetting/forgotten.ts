import { hexDigest } from '../../../../base/digest.ts';
import type { Database } from '../../../../store/database/database.ts';
import { MOST_REMEMBERED, REMEMBERED_MS } from '../../rows/forgetting.ts';

/** What `forgotten_lineage` remembers of an id. */
export function forgottenDigest(kind: 'event' | 'pattern', id: string): string {
  return hexDigest(`${kind} ${id}`, 32);
}

/** Drops the ids that were remembered for long enough. */
export function trimForgotten(database: Database, now: number): void {
  database.prepare<[number]>('DELETE FROM forgotten_lineage WHERE at < ?').run(now - REMEMBERED_MS);
  database
    .prepare<[number]>(
      `DELETE FROM forgotten_lineage WHERE at <= (
         SELECT at FROM forgotten_lineage ORDER BY at DESC LIMIT 1 OFFSET ?)`,
    )
    .run(MOST_REMEMBERED);
}
