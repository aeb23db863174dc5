// The one place that loads SQLite, as there are two versions of its package: docs/decisions/011.
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { sqlitePackage } from '../../base/sqlite-package.ts';

export type { BackupMetadata, Database } from 'better-sqlite3';

/** The connection's class, of the version that goes with this Node.js. */
export const Sqlite: typeof BetterSqlite3 = load(sqlitePackage(process.versions['napi']));

// --- internal ---

function load(name: string): typeof BetterSqlite3 {
  // A CommonJS bundle has no import.meta.
  const require = createRequire((import.meta.url as string | undefined) ?? __filename);
  try {
    return require(name) as typeof BetterSqlite3;
  } catch (error) {
    // For whoever opens a database: the others, as `doctor`, can do without.
    const [reason] = errorMessage(error).split('\n'); // the rest says who asked for it
    const what = `the SQLite module does not load in Node.js ${process.versions.node}: ${reason}`;
    const hint = 'Run ./install.sh again in a checkout: it gets the one for your Node.js.';
    class Missing {
      constructor() {
        throw new TrackerError('E_NO_SQLITE', what, { hint, cause: error });
      }
    }
    return Missing as unknown as typeof BetterSqlite3;
  }
}
