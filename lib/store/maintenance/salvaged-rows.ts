import type { Database } from '../database/database.ts';
import { readRecord } from './file-format/record.ts';
import type { Value } from './file-format/record.ts';
import type { TableShape } from './schema-shape.ts';

/** Writes the rows of a damaged file into a sound table, without those that cannot be rows of it. */
export class RowWriter {
  /** Rows written so far. */
  written = 0;
  readonly #insert;
  readonly #columns: readonly StoredColumn[];
  readonly #rowidAt: number;

  constructor(database: Database, shape: TableShape) {
    const { name, columns, keyedOrder, rowidColumn } = shape;
    const byName = new Map(columns.map((column) => [column.name, column]));
    const order = keyedOrder ?? columns.map((column) => column.name);
    this.#columns = order.map((column) => ({
      type: byName.get(column)?.type ?? '',
      // A row stored before the column was added does not have it.
      fallback: defaultOf(database, byName.get(column)?.defaultSql ?? null),
    }));
    this.#rowidAt = rowidColumn === undefined ? -1 : order.indexOf(rowidColumn);
    const quoted = order.map((column) => `"${column}"`);
    this.#insert = database.prepare<Value[]>(
      `INSERT OR IGNORE INTO "${name}" (${quoted.join(', ')}) VALUES (${quoted.map(() => '?').join(', ')})`,
    );
  }

  /** Writes one row; false when the record is damaged, or breaks a constraint of the table. */
  write(rowid: number | undefined, payload: Buffer): boolean {
    const stored = readRecord(payload);
    if (!stored || stored.length > this.#columns.length) return false;
    const row = this.#columns.map(
      ({ fallback }, at) => stored[at] ?? (at in stored ? null : fallback),
    );
    if (this.#rowidAt >= 0) row[this.#rowidAt] = rowid ?? null; // the record itself holds null for it
    const fits = this.#columns.every(({ type }, at) => isOfType(row[at] ?? null, type));
    if (!fits) return false;
    const { changes } = this.#insert.run(...row);
    this.written += changes;
    return changes === 1;
  }
}

// --- internal ---

interface StoredColumn {
  readonly type: string;
  readonly fallback: Value;
}

function defaultOf(database: Database, sql: string | null): Value {
  if (sql === null) return null;
  return database.prepare<[], Value>(`SELECT ${sql}`).pluck().get() ?? null;
}

/** SQLite does not enforce types, but we only write the declared one: another comes from damaged bytes. */
function isOfType(value: Value, type: string): boolean {
  if (value === null) return true; // a NOT NULL constraint rejects it later
  switch (type) {
    case 'TEXT':
      return typeof value === 'string';
    case 'INTEGER':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'REAL':
      return typeof value === 'number';
    default:
      return true;
  }
}
