import type { Database } from '../database/database.ts';
import { MIGRATIONS } from '../database/schema.ts';
import { TOTALS_TABLES } from '../database/schema-parts/statistics-schema.ts';
import { Sqlite } from '../database/sqlite.ts';

/** A column as declared. */
export interface ColumnShape {
  readonly name: string;
  /** As declared: TEXT, INTEGER, REAL. */
  readonly type: string;
  /** The default as SQL; null when there is none. */
  readonly defaultSql: string | null;
  /** True when it cannot be null, which the key of a row never is. */
  readonly isRequired: boolean;
}

/** An index as declared. */
export interface IndexShape {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  /** True when it covers only some of the rows. */
  readonly isPartial: boolean;
}

/** A table as declared, with its indexes. */
export interface TableShape {
  readonly name: string;
  /** In the order of the declaration. */
  readonly columns: readonly ColumnShape[];
  readonly primaryKey: readonly string[];
  /** The column that is an alias of the row id; undefined when there is none. */
  readonly rowidColumn: string | undefined;
  /** The columns in the order in which a WITHOUT ROWID table stores them; undefined for others. */
  readonly keyedOrder: readonly string[] | undefined;
  readonly indexes: readonly IndexShape[];
}

/**
 * Tables whose rows triggers derive from other tables, so that they fill again with those. The tables of
 * the full-text index are derived too, but SQLite already reports them as such.
 */
export const DERIVED_TABLES: ReadonlySet<string> = new Set([
  'fingerprints',
  'search_progress',
  'search_queue',
  'totals',
  ...TOTALS_TABLES.map(({ totals }) => totals),
]);

/** Runs `look` on an empty in-memory database to which the first `version` migrations were applied. */
export function withEmptyDatabase<T>(version: number, look: (database: Database) => T): T {
  const database = new Sqlite(':memory:');
  try {
    database.pragma('auto_vacuum = INCREMENTAL'); // so that pages have the same numbers as in tracker.db
    for (const migration of MIGRATIONS.slice(0, version)) database.exec(migration);
    return look(database);
  } finally {
    database.close();
  }
}

/** The tables that the migrations made; not those that SQLite keeps for itself. */
export function tableShapes(database: Database): TableShape[] {
  const tables = database
    .prepare<[], { name: string; wr: number }>(
      `SELECT name, wr FROM pragma_table_list
       WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all();
  return tables.map(({ name, wr }) => tableShape(database, name, wr === 1));
}

/** The names of the triggers. */
export function triggerNames(database: Database): string[] {
  return database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
    .pluck()
    .all();
}

// --- internal ---

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly dflt_value: string | null;
  readonly notnull: number;
  readonly pk: number;
}

interface IndexRow {
  readonly name: string;
  readonly unique: number;
  readonly origin: string;
  readonly partial: number;
}

function tableShape(database: Database, name: string, isKeyed: boolean): TableShape {
  const columns = database
    .prepare<[string], ColumnRow>(
      'SELECT name, type, dflt_value, "notnull", pk FROM pragma_table_xinfo(?)',
    )
    .all(name);
  const indexRows = database
    .prepare<[string], IndexRow>(
      'SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY name',
    )
    .all(name);
  const primaryKey = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const [only] = primaryKey;
  const own = isKeyed ? indexRows.find(({ origin }) => origin === 'pk') : undefined;
  return {
    name,
    columns: columns.map((row) => ({
      name: row.name,
      type: row.type,
      defaultSql: row.dflt_value,
      isRequired: row.notnull === 1 || row.pk > 0,
    })),
    primaryKey: primaryKey.map((row) => row.name),
    rowidColumn:
      !isKeyed && primaryKey.length === 1 && only?.type === 'INTEGER' ? only.name : undefined,
    keyedOrder: own && indexColumns(database, own.name, false),
    indexes: indexRows.map((row) => ({
      name: row.name,
      columns: indexColumns(database, row.name, true),
      isUnique: row.unique === 1,
      isPartial: row.partial === 1,
    })),
  };
}

function indexColumns(database: Database, name: string, onlyKey: boolean): string[] {
  return database
    .prepare<[string], string>(
      `SELECT coalesce(name, '') FROM pragma_index_xinfo(?) ${onlyKey ? 'WHERE key = 1' : ''} ORDER BY seqno`,
    )
    .pluck()
    .all(name);
}
