import { constants } from 'node:os';
import { errorCode } from '../base/errors.ts';
import type { Database } from '../store/database/database.ts';
import { MIGRATIONS } from '../store/database/schema.ts';
import { withEmptyDatabase } from '../store/maintenance/schema-shape.ts';

/**
 * True when a file could not be read, so that nothing is known of its event: it has to be tried again later. The error
 * comes from the system, or another kind of file has taken its place.
 */
export function isReadFault(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return code in constants.errno || code === 'E_NO_FILE';
}

/** True when the database is at fault, not the event. */
export function isStoreFault(error: unknown, database: Database): boolean {
  const code = errorCode(error) ?? '';
  if (code === 'SQLITE_ERROR') return lacksSchema(database); // else a function of SQL did not like a value
  return /^SQLITE_(?!CONSTRAINT|MISMATCH|TOOBIG)/.test(code);
}

/** True when a database lacks a table, an index or a trigger that the migrations made, or they have been changed. */
export function lacksSchema(database: Database): boolean {
  try {
    const present = new Set(schemaOf(database));
    return withEmptyDatabase(MIGRATIONS.length, (empty) =>
      schemaOf(empty).some((part) => !present.has(part)),
    );
  } catch {
    return true; // not even the schema can be read
  }
}

// --- internal ---

function schemaOf(database: Database): string[] {
  return database
    .prepare<[], string>(
      "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema",
    )
    .pluck()
    .all();
}
