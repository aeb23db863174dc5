import type { Database } from './sqlite.ts';

/** The bytes of the pages in use. */
export function usedBytes(database: Database): number {
  const pages = pragmaNumber(database, 'page_count') - pragmaNumber(database, 'freelist_count');
  return pages * pragmaNumber(database, 'page_size');
}

/** The value of a pragma that is a number. */
export function pragmaNumber(database: Database, pragma: string): number {
  return Number(database.pragma(pragma, { simple: true }));
}
