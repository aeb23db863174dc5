import type { Database } from '../../database/database.ts';
import { readRecord } from '../file-format/record.ts';
import type { Value } from '../file-format/record.ts';
import type { Cell } from '../file-format/tree-page.ts';
import type { ColumnShape, TableShape } from '../schema-shape.ts';
import { TEXT_COLUMNS } from '../text-columns.ts';

/** Writes the rows of a damaged file into a sound table, without those that cannot be rows of it. */
export class RowWriter {
  /** Rows written so far. */
  written = 0;
  /** Those of them that lack a value which could not be read, and which the table can do without. */
  partial = 0;
  readonly #columns: readonly StoredColumn[];
  readonly #rowidAt: number;
  readonly #hasRowid: boolean;
  readonly #insert;
  readonly #find;
  readonly #keyAt: readonly number[];

  constructor(
    database: Database,
    { name, columns, keyedOrder, rowidColumn, primaryKey }: TableShape,
  ) {
    const byName = new Map(columns.map((column) => [column.name, column]));
    const order = keyedOrder ?? columns.map((column) => column.name);
    const payloads = TEXT_COLUMNS.find(({ table }) => table === name)?.payloads ?? [];
    this.#columns = order.map((column) => ({
      ...storedColumn(database, byName.get(column)),
      mayBePacked: payloads.includes(column),
    }));
    this.#rowidAt = rowidColumn === undefined ? -1 : order.indexOf(rowidColumn);
    this.#hasRowid = keyedOrder === undefined;
    // A row keeps its id, also where no column shows it: the same row may be read twice.
    const quoted = order.map((column) => `"${column}"`).concat(this.#hasRowid ? ['rowid'] : []);
    this.#insert = database.prepare<Value[]>(
      `INSERT OR IGNORE INTO "${name}" (${quoted.join(', ')}) VALUES (${quoted.map(() => '?').join(', ')})`,
    );
    const key = this.#hasRowid ? ['rowid'] : primaryKey.map((column) => `"${column}"`);
    this.#find = database.prepare<Value[]>(
      `SELECT 1 FROM "${name}" WHERE ${key.map((column) => `${column} = ?`).join(' AND ')}`,
    );
    this.#keyAt = this.#hasRowid
      ? [order.length]
      : primaryKey.map((column) => order.indexOf(column));
  }

  /** Writes the row of a cell; false when its record is damaged, or breaks a constraint of the table. */
  write({ rowid, payload, isWhole }: Cell): boolean {
    const stored = readRecord(payload, !isWhole);
    if (!stored || stored.length > this.#columns.length) return false;
    if (this.#rowidAt >= 0) stored[this.#rowidAt] = rowid; // the record itself holds null for it
    return this.writeValues(rowid, stored);
  }

  /**
   * Writes a row with its values in the order in which they are stored; undefined is one that could not be read.
   * False when it breaks a constraint of the table. A row that is there already counts as written.
   */
  writeValues(rowid: number | undefined, stored: readonly (Value | undefined)[]): boolean {
    let isPartial = false;
    const row: Value[] = [];
    for (const [at, { type, fallback, isRequired, mayBePacked }] of this.#columns.entries()) {
      // A row stored before the column was added does not have it.
      const value = at in stored ? stored[at] : fallback;
      const isSound =
        value !== undefined &&
        (isOfType(value, type) || (mayBePacked && value instanceof Uint8Array));
      if (!isSound && isRequired) return false;
      if (!isSound) isPartial = true;
      row.push(isSound ? value : null);
    }
    if (this.#hasRowid) row.push(rowid ?? null);
    const { changes } = this.#insert.run(...row);
    if (changes === 0)
      return this.#find.get(...this.#keyAt.map((at) => row[at] ?? null)) !== undefined;
    this.written += 1;
    if (isPartial) this.partial += 1;
    return true;
  }
}

// --- internal ---

interface StoredColumn {
  readonly type: string;
  readonly isRequired: boolean;
  readonly fallback: Value;
  /** True for a column of payloads. */
  readonly mayBePacked: boolean;
}

function storedColumn(
  database: Database,
  column: ColumnShape | undefined,
): Omit<StoredColumn, 'mayBePacked'> {
  const { type = '', isRequired = false, defaultSql = null } = column ?? {};
  const fallback =
    defaultSql === null
      ? null
      : (database.prepare<[], Value>(`SELECT ${defaultSql}`).pluck().get() ?? null);
  return { type, isRequired, fallback };
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
