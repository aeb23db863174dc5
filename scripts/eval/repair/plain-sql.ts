import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { DERIVED_TABLES, tableShapes } from '../../../lib/store/maintenance/schema-shape.ts';
import type { TableShape } from '../../../lib/store/maintenance/schema-shape.ts';

/** The rows of each table: by their key, as JSON, their values. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * What a person gets with plain SQL out of a database, damaged or not: each table from its beginning to the first
 * error, and from its end. Opening it may change it, so give it a copy. Of `shapes`, the tables that count.
 */
export function plainRows(path: string, shapes: readonly TableShape[]): Rows {
  const rows = new Map<string, Map<string, string>>();
  try {
    const database = new Sqlite(path);
    try {
      for (const shape of shapes) {
        const found = new Map<string, string>();
        for (const direction of ['ASC', 'DESC']) {
          try {
            for (const row of database.prepare(selectOf(shape, direction)).iterate()) {
              const values = row as Record<string, unknown>;
              found.set(keyOf(shape, values), JSON.stringify(values));
            }
            break; // all of it
          } catch {
            // the fault
          }
        }
        rows.set(shape.name, found);
      }
    } finally {
      database.close();
    }
  } catch {
    // It cannot be opened at all.
  }
  return rows;
}

/** The tables of a sound database that are compared. */
export function comparedTables(path: string): TableShape[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return tableShapes(database).filter(
      ({ name }) => !DERIVED_TABLES.has(name) && !name.startsWith('pattern_search'),
    );
  } finally {
    database.close();
  }
}

// --- internal ---

function keyColumns({ keyedOrder, primaryKey }: TableShape): readonly string[] {
  return keyedOrder === undefined ? ['rowid'] : primaryKey;
}

function selectOf(shape: TableShape, direction: string): string {
  const order = keyColumns(shape).map((column) => `"${column}" ${direction}`);
  return `SELECT rowid AS rowid, * FROM "${shape.name}" ORDER BY ${order.join(', ')}`.replace(
    'rowid AS rowid, ',
    shape.keyedOrder === undefined ? 'rowid AS rowid, ' : '',
  );
}

function keyOf(shape: TableShape, row: Record<string, unknown>): string {
  return JSON.stringify(keyColumns(shape).map((column) => row[column]));
}
