// SQLite is loaded only here, because there are two versions of its package: docs/decisions/011.
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { sqlitePackage } from '../../base/sqlite-package.ts';

/** A connection, and the progress that its `backup` reports; the types are the same in both versions. */
export type { BackupMetadata, Database } from 'better-sqlite3';

/**
 * The connection class, of the package version that matches this Node.js.
 *
 * @throws TrackerError E_NO_SQLITE from its constructor, when the module does not load
 */
export const Sqlite: typeof BetterSqlite3 = load(sqlitePackage(process.versions['napi']));

/** The version of SQLite; null when the module does not load. */
export function sqliteVersion(): string | null {
  try {
    const database = new Sqlite(':memory:');
    try {
      return database.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? null;
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

// --- internal ---

function load(name: string): typeof BetterSqlite3 {
  // A CommonJS bundle has no import.meta.
  const require = createRequire((import.meta.url as string | undefined) ?? __filename);
  try {
    return require(name) as typeof BetterSqlite3;
  } catch (error) {
    // Throws when a database is opened, not on import: `doctor` and others can work without one.
    const [reason] = errorMessage(error).split('\n'); // the other lines are the require stack
    const what = `the SQLite module does not load in Node.js ${process.versions.node}: ${reason}`;
    const hint =
      'Run `pattern-tracker install`, or `pattern-tracker setup` in the plugin: it gets the module for your Node.js. A program that uses the library before Node.js 22.14 installs it by itself: docs/API_REFERENCE.md.';
    class Missing {
      constructor() {
        throw new TrackerError('E_NO_SQLITE', what, { hint, cause: error });
      }
    }
    return Missing as unknown as typeof BetterSqlite3;
  }
}
