import type { Database } from '../../database/database.ts';
import type { Value } from '../file-format/record.ts';
import type { TableShape } from '../schema-shape.ts';

/** A row as SQLite reads it: its id, if the table has them, and its values in the order in which they are stored. */
export interface ReadableRow {
  readonly rowid: number | undefined;
  readonly values: readonly Value[];
}

/**
 * The rows that SQLite still reads of a table in a damaged database: from its beginning to the first fault, then
 * from its end. After a fault a row may come twice. At most `most` rows each way, because the pages of a damaged tree
 * may lead in a circle.
 */
export function* readableRows(
  database: Database,
  shape: TableShape,
  most: number,
): Generator<ReadableRow> {
  for (const direction of ['ASC', 'DESC'] as const) {
    let read = 0;
    try {
      for (const row of rowsIn(database, shape, direction)) {
        yield row;
        read += 1;
        if (read >= most) break;
      }
      if (read < most) return; // all of them
    } catch {
      // The fault. What is behind it may be read from the other end.
    }
  }
}

// --- internal ---

function* rowsIn(
  database: Database,
  { name, columns, keyedOrder, primaryKey }: TableShape,
  direction: 'ASC' | 'DESC',
): Generator<ReadableRow> {
  const hasRowid = keyedOrder === undefined;
  const known = database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
    .pluck()
    .all(name);
  const order = keyedOrder ?? columns.map((column) => column.name);
  const selected = order.map((column) => (known.includes(column) ? `"${column}"` : 'NULL'));
  const key = hasRowid ? ['rowid'] : primaryKey.map((column) => `"${column}"`);
  // NOT INDEXED, because an index may be damaged where the table is not.
  const rows = database
    .prepare<[], Value[]>(
      `SELECT ${[...(hasRowid ? ['rowid'] : []), ...selected].join(', ')} FROM "${name}"
       ${hasRowid ? 'NOT INDEXED' : ''} ORDER BY ${key.map((column) => `${column} ${direction}`).join(', ')}`,
    )
    .raw()
    .iterate();
  for (const row of rows) {
    const [rowid] = row;
    if (!hasRowid) yield { rowid: undefined, values: row };
    else if (typeof rowid === 'number') yield { rowid, values: row.slice(1) };
  }
}
