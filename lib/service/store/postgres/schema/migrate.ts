import { TrackerError } from '../../../../base/errors.ts';
import type { Sql } from '../connection.ts';
import { buildAhead } from './build-ahead.ts';
import { POSTGRES_MIGRATIONS } from './migrations.ts';

/**
 * Brings the database to the version of this program. Any number of replicas may do so at once, while others
 * of the release before read and write. A replica with nothing to do needs no right to create tables.
 *
 * @throws TrackerError E_DATABASE_NEWER when a newer program has migrated it, E_DATABASE_ENCODING when it
 * is not in UTF-8
 */
export async function migrate(sql: Sql): Promise<void> {
  const version = await usableVersion(sql);
  if (version === POSTGRES_MIGRATIONS.length) return;
  if (version === BEFORE_KEYS) await buildAhead(sql);
  // One string with all commands, so that a lost connection cannot leave half of them done.
  await sql.unsafe(migrationScript(version)).simple();
}

/**
 * Checks that the database has the version of this program.
 *
 * @throws TrackerError E_DATABASE_OLDER when it has to be migrated, else as `migrate`
 */
export async function requireMigrated(sql: Sql): Promise<void> {
  const version = await usableVersion(sql);
  if (version === POSTGRES_MIGRATIONS.length) return;
  throw new TrackerError(
    'E_DATABASE_OLDER',
    `The database is at version ${version}; this program needs ${POSTGRES_MIGRATIONS.length}`,
    { hint: 'Run `pattern-tracker serve --migrate only` with a role that owns the tables.' },
  );
}

// --- internal ---

/** The version of which the tables may be large, and need an index that takes long. */
const BEFORE_KEYS = 6;
/** The advisory lock: any number that no other program on the database uses. Locks are per database. */
const LOCK = 7_203_118_053;

async function usableVersion(sql: Sql): Promise<number> {
  const [shown] = await sql<{ server_encoding: string }[]>`SHOW server_encoding`;
  if (shown?.server_encoding !== 'UTF8') {
    throw new TrackerError(
      'E_DATABASE_ENCODING',
      `The database has the encoding ${shown?.server_encoding}, which cannot hold all code`,
      { hint: "Make one with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0" },
    );
  }
  const version = await schemaVersion(sql);
  if (version > POSTGRES_MIGRATIONS.length) {
    throw new TrackerError(
      'E_DATABASE_NEWER',
      `The database is at version ${version}; this program knows ${POSTGRES_MIGRATIONS.length}`,
      { hint: 'Install the version of claude-pattern-tracker that the other servers run.' },
    );
  }
  return version;
}

async function schemaVersion(sql: Sql): Promise<number> {
  const [table] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass('schema_migrations') IS NOT NULL AS exists`;
  if (!table?.exists) return 0;
  const [row] = await sql<{ version: number }[]>`
    SELECT coalesce(max(version), 0)::int AS version FROM schema_migrations`;
  return row?.version ?? 0;
}

/** Waits for locks only so long that requests which wait behind it are answered; its caller tries again. */
function migrationScript(version: number): string {
  const steps = POSTGRES_MIGRATIONS.map(
    (script, index) => `
      DO $step$ BEGIN
        IF NOT EXISTS (SELECT FROM schema_migrations WHERE version = ${index + 1}) THEN
          EXECUTE $script$ ${script} $script$;
          INSERT INTO schema_migrations (version) VALUES (${index + 1});
        END IF;
      END $step$;`,
  );
  return `
    BEGIN;
    SET LOCAL statement_timeout = 0;
    SELECT pg_advisory_xact_lock(${LOCK});
    ${version === 0 ? '' : "SET LOCAL lock_timeout = '1s';"}
    CREATE TABLE IF NOT EXISTS schema_migrations (
      version integer PRIMARY KEY,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
    ${steps.join('')}
    COMMIT;`;
}
