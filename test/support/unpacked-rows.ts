import { unpackedText } from '../../lib/authorship/state/packed-text.ts';

/** Rows with their compressed texts unpacked, so that a text in them is found. */
export function unpackedRows(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? (unpackedText(value) ?? '') : value,
      ]),
    ),
  );
}
