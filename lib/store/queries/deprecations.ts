import type { Database } from '../database/database.ts';

/** SQL for 1 if a pattern should no longer be used, else 0. @param id an SQL expression for its id */
export function deprecatedSql(id: string): string {
  return `EXISTS (SELECT 1 FROM deprecations WHERE pattern_id = ${id})`;
}

/** Returns those of the given patterns that should no longer be used. */
export function deprecatedAmong(database: Database, ids: readonly string[]): Set<string> {
  const found = database
    .prepare<[string], string>(
      `SELECT value FROM json_each(?) AS given WHERE ${deprecatedSql('given.value')}`,
    )
    .pluck()
    .all(JSON.stringify(ids));
  return new Set(found);
}
