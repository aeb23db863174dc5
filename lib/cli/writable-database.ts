import { openDatabase } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Opens this installation's database for writing, works with it, and closes it.
 *
 * @throws TrackerError in place of SQLite's errors, which name neither the file nor a remedy
 */
export async function withDatabase<T>(
  { paths: { database: path } }: CliEnvironment,
  work: (database: Database) => T | Promise<T>,
): Promise<T> {
  try {
    const database = openDatabase(path);
    try {
      return await work(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw databaseFault(path, error);
  }
}
