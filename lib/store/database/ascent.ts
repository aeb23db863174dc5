import { TrackerError } from '../../base/errors.ts';

/** The key of a row, in the order in which the rows are read. */
export type RowKey = readonly (string | number)[];

/**
 * Guards a loop that reads a table a part at a time, by the last key of each part. In a damaged table, pages can lead in a
 * circle, and such a loop would never end.
 *
 * @throws TrackerError E_DATABASE_CORRUPT unless `last` comes after `before`
 */
export function checkAscent(table: string, before: RowKey, last: RowKey): void {
  if (compareKeys(before, last) < 0) return;
  throw new TrackerError('E_DATABASE_CORRUPT', `the pages of ${table} lead in a circle`, {
    hint: '`pattern-tracker repair` builds a sound database from it and keeps the damaged file.',
  });
}

// --- internal ---

/** As SQLite compares: numbers come before text, and text is in the order of its bytes. */
function compareKeys(one: RowKey, other: RowKey): number {
  for (const [at, left] of one.entries()) {
    const right = other[at];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    if (typeof left === 'string' && typeof right === 'string') {
      return Buffer.compare(Buffer.from(left), Buffer.from(right));
    }
    return typeof left === 'number' ? -1 : 1;
  }
  return 0;
}
