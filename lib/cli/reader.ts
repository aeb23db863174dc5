import { databaseFault } from '../store/database/database-fault.ts';
import { openDatabaseForReading } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Runs `read` on tracker.db and closes it; undefined when there is no database yet.
 *
 * @throws TrackerError E_DATABASE_…
 */
export function readDatabase<T>(
  cli: CliEnvironment,
  read: (database: Database) => T,
): T | undefined {
  const path = cli.paths.database;
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

/** What a list says when it is empty: that nothing was recorded yet, or that nothing matches. */
export function nothingFound(what: string, isFiltered: boolean): string {
  return isFiltered
    ? `No ${what} match.\n`
    : `No ${what} yet. They appear as Claude Code works; \`pattern-tracker status\` says whether it is recorded.\n`;
}
