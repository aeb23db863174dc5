import { databaseFault } from './database-fault.ts';
import { openDatabaseForReading } from './database.ts';
import type { Database } from './database.ts';

/**
 * Runs `read` on the database at `path` and closes it again; undefined when there is none yet.
 *
 * @throws TrackerError E_DATABASE_…, also for what SQLite throws in `read`
 */
export function readDatabase<T>(path: string, read: (database: Database) => T): T | undefined {
  try {
    const database = openDatabaseForReading(path);
    if (!database) return undefined;
    try {
      return read(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw databaseFault(path, error);
  }
}
