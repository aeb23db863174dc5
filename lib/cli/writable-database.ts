import { emptyDatabase, openDatabase, openDatabaseForReading } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Opens this installation's database for writing, works with it, and closes it.
 *
 * @throws TrackerError in place of SQLite's errors, which name neither the file nor a remedy
 */
export function withDatabase<T>({ paths }: CliEnvironment, work: Work<T>): Promise<T> {
  return withOpen(paths.database, openDatabase, work);
}

/** The same for work that only looks: nothing is written, and where there is no database yet, an empty one is looked at. */
export function withDatabaseUnchanged<T>({ paths }: CliEnvironment, work: Work<T>): Promise<T> {
  return withOpen(paths.database, (path) => openDatabaseForReading(path) ?? emptyDatabase(), work);
}

// --- internal ---

type Work<T> = (database: Database) => T | Promise<T>;

async function withOpen<T>(
  path: string,
  open: (path: string) => Database,
  work: Work<T>,
): Promise<T> {
  try {
    const database = open(path);
    try {
      return await work(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw databaseFault(path, error);
  }
}
