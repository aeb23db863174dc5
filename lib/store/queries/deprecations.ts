import type { Database } from '../database/database.ts';

/** An SQL expression, 1 or 0: whether a pattern should no longer be used. @param id an SQL expression */
export function deprecatedSql(id: string): string {
  return `EXISTS (SELECT 1 FROM deprecations WHERE pattern_id = ${id})`;
}

/** Those of the patterns that should no longer be used. */
export function deprecatedAmong(database: Database, ids: readonly string[]): Set<string> {
  const found = database
    .prepare<[string], string>(
      `SELECT value FROM json_each(?) AS given WHERE ${deprecatedSql('given.value')}`,
    )
    .pluck()
    .all(JSON.stringify(ids));
  return new Set(found);
}
