import { errorCode } from '../../base/errors.ts';
import type { Database } from './sqlite.ts';

/** As much of a connection as a reader needs. */
export interface ReadableDatabase {
  prepare(sql: string): {
    get(...values: (string | number)[]): unknown;
    all(...values: (string | number)[]): unknown[];
  };
}

/** What keeps a database from being read. */
export type ReadFault = 'busy' | 'damaged' | 'other version' | 'unreadable';

/** What was read, or why it could not be. */
export type QuickReading<T> = { readonly value: T } | { readonly fault: ReadFault };

/**
 * Opens the database at `path`, reads, and closes it. It waits for no lock, does not look at the schema's version,
 * and throws nothing.
 */
export async function readQuickly<T>(
  path: string,
  read: (database: Database) => T,
): Promise<QuickReading<T>> {
  try {
    const { Sqlite } = await import('./sqlite.ts'); // only now, because most can do without
    const database = new Sqlite(path, { readonly: true, timeout: 0 });
    try {
      return { value: read(database) };
    } finally {
      database.close();
    }
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

// --- internal ---

function faultOf(error: unknown): ReadFault {
  const code = errorCode(error) ?? '';
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) return 'busy';
  if (/^SQLITE_(?:CORRUPT|NOTADB)/.test(code)) return 'damaged';
  return code === 'SQLITE_ERROR' ? 'other version' : 'unreadable';
}
