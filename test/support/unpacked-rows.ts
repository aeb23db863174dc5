import { readFileSync } from 'node:fs';
import { unpackedText } from '../../lib/authorship/state/unpacked-text.ts';
import { payloadText } from '../../lib/store/database/payload/packed-payload.ts';
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

/** The bytes of a file, and after them the compressed texts if it is a database: those of all columns, or of one. */
export function unpackedBytes(path: string, only?: string): Buffer {
  const bytes = readFileSync(path);
  return Buffer.concat([bytes, ...(isDatabase(bytes) ? packedTexts(path, only) : [])]);
}

// --- internal ---

const isDatabase = (bytes: Buffer) =>
  bytes.subarray(0, 15).toString('latin1') === 'SQLite format 3';

function packedTexts(path: string, only: string | undefined): Buffer[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return tableShapes(database).flatMap(({ name, columns }) =>
      columns.flatMap(({ name: column }) =>
        only !== undefined && only !== column
          ? []
          : database
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
