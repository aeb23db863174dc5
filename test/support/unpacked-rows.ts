import { readFileSync } from 'node:fs';
import { unpackedText } from '../../lib/authorship/state/packed-text.ts';
import { payloadText } from '../../lib/store/database/packed-payload.ts';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { tableShapes } from '../../lib/store/maintenance/schema-shape.ts';

/** A compressed column as a text; empty if it holds something else. */
export function textOfPacked(value: Uint8Array): string {
  return payloadText(value) ?? unpackedText(value) ?? '';
}

/** Rows with their compressed texts unpacked, so that a text in them is found. */
export function unpackedRows(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? textOfPacked(value) : value,
      ]),
    ),
  );
}

/** The bytes of a file, and after them the compressed texts if it is a database. */
export function unpackedBytes(path: string): Buffer {
  const bytes = readFileSync(path);
  return Buffer.concat([bytes, ...(isDatabase(bytes) ? packedTexts(path) : [])]);
}

// --- internal ---

const isDatabase = (bytes: Buffer) =>
  bytes.subarray(0, 15).toString('latin1') === 'SQLite format 3';

function packedTexts(path: string): Buffer[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return tableShapes(database).flatMap(({ name, columns }) =>
      columns.flatMap(({ name: column }) =>
        database
          .prepare<[], Uint8Array>(
            `SELECT "${column}" FROM "${name}" WHERE typeof("${column}") = 'blob'`,
          )
          .pluck()
          .all()
          .map((value) => Buffer.from(`\n${textOfPacked(value)}`)),
      ),
    );
  } finally {
    database.close();
  }
}
